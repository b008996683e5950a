using System.Runtime.InteropServices;

namespace Shims.Posix;

// Processes and signals.
internal static unsafe partial class Libc
{
    private static readonly List<PosixSignalRegistration> s_ignored = [];
    private static nint s_executedPath;

    internal static int ProcessId => SystemNative.GetPid();

    internal static uint EffectiveUser => SystemNative.GetEUid();

    internal static uint EffectiveGroup => SystemNative.GetEGid();

    /// <summary>The path of this program: NUL-terminated, valid for ever.</summary>
    internal static byte* ExecutedPath
    {
        get
        {
            if (s_executedPath == 0)
                s_executedPath = Marshal.StringToCoTaskMemUTF8(Environment.ProcessPath ?? "");
            return (byte*)s_executedPath;
        }
    }

    /// <summary>The other groups of this process.</summary>
    /// <returns>Their number; 0 if there is no room for them.</returns>
    internal static int SupplementaryGroups(Span<uint> groups)
    {
        fixed (uint* start = groups)
            return Math.Max(0, SystemNative.GetGroups(groups.Length, start));
    }

    internal static void EndProcess(int exitCode) => Environment.Exit(exitCode);

    /// <summary>Ends this process at once, so that its parent sees that it did not end well.</summary>
    internal static void EndOwnProcess() => SystemNative.Kill(ProcessId, Flags.SIGKILL);

    /// <summary>Sends a signal to one process.</summary>
    internal static void Signal(int process, int number) => SystemNative.Kill(process, number);

    /// <summary>Sends a signal to a script.</summary>
    internal static void SignalGroup(int leader, int number) => Children.Signal(leader, number);

    /// <summary>Collects a script that has ended.</summary>
    internal static bool TryReap(int process, out ExitStatus status) => Children.TryReap(process, out status);

    /// <summary>Not asked: what scripts leave behind is the system's own process 1's to collect.</summary>
    internal static bool HasEndedChild() => false;

    /// <summary>None is known.</summary>
    internal static List<int> EndedChildrenOfProcess1() => [];

    /// <summary>True if a number is that of a process which this user may look at.</summary>
    internal static bool IsOwnProcess(int number) => SystemNative.Kill(number, 0) == 0;

    /// <summary>Lets a signal have no effect on this process. Scripts find it as by default.</summary>
    internal static void Ignore(int number)
    {
        lock (s_ignored)
            s_ignored.Add(PosixSignalRegistration.Create((PosixSignal)number, static context => context.Cancel = true));
    }

    /// <summary>All: each script is given them as by default.</summary>
    internal static ulong IgnoredSignals() => ulong.MaxValue;

    /// <summary>Nothing to do: <see cref="Children"/> hears the signal.</summary>
    internal static void ForgetEndsOfChildren()
    {
    }

    /// <summary>Not possible.</summary>
    internal static void HideFromOtherProcesses()
    {
    }

    /// <summary>The runtime has started, and with it threads.</summary>
    internal static bool RefusesThreads() => false;
}

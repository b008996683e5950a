using System.Runtime.InteropServices;

namespace Shims.Posix;

/// <summary>The scripts that run: each has a pipe whose other end is closed when it has ended, so that its end can be watched like everything else.</summary>
/// <remarks>The system tells of ends by SIGCHLD alone. Who hears it asks after each script, as one signal can stand for several. Where a super-server has it ignored, it never comes: so they are asked after now and then as well.</remarks>
internal static unsafe class Children
{
    private const int LastSignal = 31, ShellBase = 128, Interval = 500;

    private static readonly Dictionary<int, (int Pipe, ExitStatus? Status)> s_running = [];
    private static readonly Lock s_gate = new();
    private static PosixSignalRegistration? s_ends;
    private static Timer? s_looks;

    /// <summary>From now on ends are noticed.</summary>
    internal static void Watch()
    {
        s_ends ??= PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => LookAtAll());
        s_looks ??= new Timer(static _ => LookAtAll(), null, Interval, Interval);
    }

    /// <summary>A script runs.</summary>
    /// <param name="pipe">The end to close when it has ended.</param>
    internal static void Add(int process, int pipe)
    {
        lock (s_gate)
            s_running[process] = (pipe, null);
        LookAtAll();
    }

    /// <summary>Collects a script that has ended.</summary>
    /// <returns>False while it still runs.</returns>
    internal static bool TryReap(int process, out ExitStatus status)
    {
        lock (s_gate)
        {
            status = ExitStatus.Unknown;
            if (!s_running.TryGetValue(process, out (int Pipe, ExitStatus? Status) script))
                return true;
            if (script.Status is not { } known)
                return false;
            s_running.Remove(process);
            status = known;
            return true;
        }
    }

    /// <summary>Sends a signal to a script that runs. One that has ended is collected already, and its number may be another's.</summary>
    internal static void Signal(int process, int number)
    {
        lock (s_gate)
        {
            if (s_running.TryGetValue(process, out (int Pipe, ExitStatus? Status) script) && script.Status is null)
                SystemNative.Kill(process, number);
        }
    }

    private static void LookAtAll()
    {
        lock (s_gate)
        {
            foreach ((int process, (int pipe, ExitStatus? status)) in s_running.ToArray())
            {
                if (status is not null || !HasEnded(process, out ExitStatus ended))
                    continue;
                s_running[process] = (-1, ended);
                Libc.Close(pipe);
            }
        }
    }

    /// <summary>The runtime says 128 and the number of a signal, as shells do; a script that exits so itself is taken for one that a signal has ended.</summary>
    private static bool HasEnded(int process, out ExitStatus status)
    {
        int code = 0, ended = SystemNative.WaitPidExitedNoHang(process, &code);
        status = ended < 0 ? ExitStatus.Unknown : code is > ShellBase and <= ShellBase + LastSignal ? new ExitStatus(code - ShellBase) : ExitStatus.OfCode(code);
        return ended != 0;
    }
}

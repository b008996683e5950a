using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Shims.Testing;

/// <summary>Starts a program with the descriptors that a super-server would give it. posix_spawn(3).</summary>
/// <remarks>System.Diagnostics.Process cannot: its children always get pipes or the parent's own descriptors.</remarks>
public static class Launcher
{
    /// <summary>How often, 10 ms after each other, a program is tried whose file somebody still has open for writing.</summary>
    private const int MostAttempts = 500;

    /// <summary>Starts the program in a session of its own, with nothing open but what <paramref name="launch"/> names.</summary>
    /// <exception cref="Win32Exception">The kernel refused, for instance because there is no such program.</exception>
    public static LaunchedProgram Start(Launch launch)
    {
        Pipe? output = launch.Output is null ? Pipe.Create() : null;
        Pipe? error = launch.Error is null ? Pipe.Create() : null;
        using SafeHandle? nothing = launch.Input is null ? File.OpenHandle("/dev/null") : null;

        SafeHandle[] descriptors = [launch.Input ?? nothing!, launch.Output ?? output!.Writer, launch.Error ?? error!.Writer, .. launch.Further];
        try
        {
            int pid = Spawn(launch, descriptors);
            return new LaunchedProgram(pid, output?.Reader, error?.Reader);
        }
        catch
        {
            output?.Dispose();
            error?.Dispose();
            throw;
        }
        finally
        {
            // The program has its own copies now; ours would keep the pipes from ever ending.
            output?.Writer.Dispose();
            error?.Writer.Dispose();
        }
    }

    /// <summary>Starts the program and waits for its end.</summary>
    public static async Task<LaunchResult> RunAsync(Launch launch, TimeSpan? limit = null)
    {
        await using LaunchedProgram program = Start(launch);
        return await program.WaitAsync(limit);
    }

    private static unsafe int Spawn(Launch launch, SafeHandle[] descriptors)
    {
        byte* actions = stackalloc byte[Libc.FileActionsSize];
        byte* attributes = stackalloc byte[Libc.AttributesSize];
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        Libc.posix_spawn_file_actions_init(actions);
        Libc.posix_spawnattr_init(attributes);
        var copies = new List<int>();
        byte*[] argv = ToVector([Path.GetFileName(launch.Program), .. launch.Arguments]);
        byte*[] envp = ToVector(launch.Environment);
        byte* path = (byte*)Marshal.StringToCoTaskMemUTF8(launch.Program);
        byte* folder = (byte*)Marshal.StringToCoTaskMemUTF8(launch.Folder);
        try
        {
            for (int target = 0; target < descriptors.Length; target++)
            {
                // From numbers far above the targets, so that no dup2 overwrites the source of a later one.
                int copy = Libc.fcntl(descriptors[target], Libc.DuplicateCloseOnExec, 200);
                if (copy < 0)
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), "fcntl F_DUPFD_CLOEXEC");
                copies.Add(copy);
                Libc.posix_spawn_file_actions_adddup2(actions, copy, target);
            }
            // The test's own are closed on exec, but its ancestors may have left it others.
            Libc.posix_spawn_file_actions_addclosefrom_np(actions, descriptors.Length);
            if (folder != null)
                Libc.posix_spawn_file_actions_addchdir_np(actions, folder);

            short flags = Libc.SpawnSetSession;
            if (!launch.InheritSignals)
            {
                Libc.sigfillset(signals);
                Libc.posix_spawnattr_setsigdefault(attributes, signals);
                Libc.sigemptyset(signals);
                Libc.posix_spawnattr_setsigmask(attributes, signals);
                flags |= Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask;
            }
            Libc.posix_spawnattr_setflags(attributes, flags);

            fixed (byte** arguments = argv)
            fixed (byte** environment = envp)
            {
                int error, pid;
                // Whatever is started elsewhere at the moment has all of our files open for an instant, also one that is being written to.
                for (int attempt = 0; (error = Libc.posix_spawn(out pid, path, actions, attributes, arguments, environment)) == Libc.TextFileBusy && attempt < MostAttempts; attempt++)
                    Thread.Sleep(10);
                if (error != 0)
                    throw new Win32Exception(error, $"cannot start {launch.Program}: {Marshal.GetPInvokeErrorMessage(error)}");
                return pid;
            }
        }
        finally
        {
            Libc.posix_spawn_file_actions_destroy(actions);
            Libc.posix_spawnattr_destroy(attributes);
            foreach (int copy in copies)
                _ = Libc.close(copy);
            Free(argv);
            Free(envp);
            Marshal.FreeCoTaskMem((nint)path);
            Marshal.FreeCoTaskMem((nint)folder);
        }
    }

    private static unsafe byte*[] ToVector(IReadOnlyList<string> strings) => ToVector([.. strings.Select(Encoding.UTF8.GetBytes)]);

    private static unsafe byte*[] ToVector(IReadOnlyList<byte[]> strings)
    {
        var vector = new byte*[strings.Count + 1];
        for (int i = 0; i < strings.Count; i++)
        {
            vector[i] = (byte*)NativeMemory.AllocZeroed((nuint)strings[i].Length + 1);
            strings[i].CopyTo(new Span<byte>(vector[i], strings[i].Length));
        }
        return vector;
    }

    private static unsafe void Free(byte*[] vector)
    {
        foreach (byte* entry in vector)
            NativeMemory.Free(entry);
    }
}

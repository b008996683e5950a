using System.Runtime.InteropServices;

namespace Shims.Posix;

// Starting programs from a process with several threads that allocate.
internal static unsafe partial class Libc
{
    /// <summary>Starts a program as <see cref="CloneAndExec"/> does, from whichever thread, while others run managed code.</summary>
    /// <param name="plan">The program to start. Limits and a fourth descriptor are not for this way, and the program does not end with this process.</param>
    /// <param name="processDescriptor">Becomes readable when it ends.</param>
    /// <returns>The process id, or -1 with the reason in the plan.</returns>
    /// <remarks>
    /// The child of <see cref="CloneAndExec"/> is our own code on this process's memory (<see cref="Execution"/>): only a natively compiled program can have that, and each thread needs
    /// preparing for it. Here the child is the C library's. posix_spawn(3).
    /// </remarks>
    internal static int PosixSpawn(LaunchPlan* plan, out int processDescriptor)
    {
        const short setGroup = 2, setDefaultSignals = 4, setMask = 8;
        const nint pidfdOpen = 434;
        // SIGKILL and SIGSTOP cannot be set.
        const ulong standardSignals = ((1ul << 31) - 1) & ~(1ul << 8) & ~(1ul << 18);
        // Larger than in every C library: glibc has 80 and 336 bytes.
        byte* actions = stackalloc byte[1024];
        byte* attributes = stackalloc byte[1024];
        ulong* signals = stackalloc ulong[16];
        new Span<ulong>(signals, 16).Clear();
        posix_spawn_file_actions_init(actions);
        posix_spawn_file_actions_adddup2(actions, plan->Output, 1);
        posix_spawn_file_actions_adddup2(actions, plan->Input, 0);
        posix_spawn_file_actions_adddup2(actions, plan->Error, 2);
        posix_spawn_file_actions_addchdir_np(actions, plan->Directory);
        posix_spawnattr_init(attributes);
        posix_spawnattr_setsigmask(attributes, signals);
        signals[0] = standardSignals;
        posix_spawnattr_setsigdefault(attributes, signals);
        posix_spawnattr_setflags(attributes, (short)(setDefaultSignals | setMask | (plan->IsSupervised ? setGroup : 0)));
        int process = -1;
        int reason = posix_spawn(&process, plan->Path, actions, attributes, plan->Arguments, plan->Environment);
        posix_spawn_file_actions_destroy(actions);
        posix_spawnattr_destroy(attributes);
        processDescriptor = reason == 0 ? (int)Kernel.Call(pidfdOpen, process) : -1;
        plan->FailedAt = reason == 0 ? LaunchStep.None : LaunchStep.Exec;
        plan->Errno = reason;
        return reason == 0 ? process : -1;
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* process, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int becomes);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, byte* directory);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, ulong* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, ulong* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);
}

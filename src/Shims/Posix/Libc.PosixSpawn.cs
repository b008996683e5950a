using System.Runtime.InteropServices;

namespace Shims.Posix;

// Starting programs from a process with several threads that allocate, and where clone(2) is refused.
internal static unsafe partial class Libc
{
    /// <summary>Starts a program as <see cref="CloneAndExec"/> does, from whichever thread, while others run managed code.</summary>
    /// <param name="plan">The program to start. It does not end with this process, its limits hold from the moment after its start, and a session of its own is not for this way.</param>
    /// <param name="processDescriptor">Becomes readable when it ends.</param>
    /// <returns>The process id, or -1 with the reason in the plan.</returns>
    /// <remarks>
    /// The child of <see cref="CloneAndExec"/> is our own code on this process's memory (<see cref="Execution"/>): only a natively compiled program can have that, and each thread needs
    /// preparing for it. Here the child is the C library's. posix_spawn(3).
    /// </remarks>
    internal static int PosixSpawn(LaunchPlan* plan, out int processDescriptor)
    {
        plan->FailedAt = LaunchStep.None;
        // A program that could not be watched is not started.
        processDescriptor = OpenProcess(plan, ProcessId);
        if (processDescriptor < 0)
            return -1;
        Close(processDescriptor);
        processDescriptor = -1;
        // A link that has come into the place of the script is not followed.
        if (plan->HeldName != null && TryGetStatus(plan->HeldDirectory, plan->HeldName, Flags.AT_SYMLINK_NOFOLLOW, out FileStatus script) && script.IsLink)
            return FailSpawn(plan, LaunchStep.Exec, Posix.Errno.ELOOP);
        int process = -1;
        int reason = SpawnWith(plan, &process);
        if (reason != 0)
            return FailSpawn(plan, IsOfFork(reason) ? LaunchStep.Fork : LaunchStep.Exec, reason);
        if (!LimitProcess(process, Flags.RLIMIT_CPU, plan->CpuSeconds) || !LimitProcess(process, Flags.RLIMIT_AS, plan->AddressSpace))
            FailSpawn(plan, LaunchStep.Limits, Errno);
        else
            processDescriptor = OpenProcess(plan, process);
        if (processDescriptor >= 0)
            return process;
        Signal(process, Flags.SIGKILL);
        ReapWaiting(process);
        return -1;
    }

    private static int SpawnWith(LaunchPlan* plan, int* process)
    {
        const short setGroup = 2, setDefaultSignals = 4, setMask = 8;
        // SIGKILL and SIGSTOP cannot be set.
        const ulong standardSignals = ((1ul << 31) - 1) & ~(1ul << 8) & ~(1ul << 18);
        // Larger than in every C library: glibc has 80 and 336 bytes.
        byte* actions = stackalloc byte[1024];
        byte* attributes = stackalloc byte[1024];
        ulong* signals = stackalloc ulong[16];
        new Span<ulong>(signals, 16).Clear();
        posix_spawn_file_actions_init(actions);
        // First, as a held directory may have the number that Data is to have.
        if (plan->HeldName != null)
            posix_spawn_file_actions_addfchdir_np(actions, plan->HeldDirectory);
        else
            posix_spawn_file_actions_addchdir_np(actions, plan->Directory);
        posix_spawn_file_actions_adddup2(actions, plan->Output, 1);
        posix_spawn_file_actions_adddup2(actions, plan->Input, 0);
        posix_spawn_file_actions_adddup2(actions, plan->Error, 2);
        if (plan->Data >= 0)
            posix_spawn_file_actions_adddup2(actions, plan->Data, 3);
        posix_spawnattr_init(attributes);
        posix_spawnattr_setsigmask(attributes, signals);
        signals[0] = standardSignals;
        posix_spawnattr_setsigdefault(attributes, signals);
        posix_spawnattr_setflags(attributes, (short)(setDefaultSignals | setMask | (plan->IsSupervised ? setGroup : 0)));
        byte* program = plan->Interpreter != null ? plan->Interpreter : plan->HeldName != null ? plan->HeldName : plan->Path;
        int reason = posix_spawn(process, program, actions, attributes, plan->Arguments, plan->Environment);
        posix_spawn_file_actions_destroy(actions);
        posix_spawnattr_destroy(attributes);
        return reason;
    }

    /// <summary>A descriptor of a process, close-on-exec. pidfd_open(2), since Linux 5.3.</summary>
    /// <returns>-1 with the reason in the plan.</returns>
    private static int OpenProcess(LaunchPlan* plan, int process)
    {
        int descriptor = (int)Kernel.Call(SystemCall.OpenProcess, process);
        return descriptor >= 0 ? descriptor : FailSpawn(plan, Errno is Posix.Errno.EMFILE or Posix.Errno.ENFILE ? LaunchStep.Fork : LaunchStep.Watch, Errno);
    }

    /// <summary>True if the reason is one for which there is no process, and not one for which it did not become the program. execve(2) has the last two only for rare kinds of files.</summary>
    private static bool IsOfFork(int reason) =>
        reason is Posix.Errno.EAGAIN or Posix.Errno.ENOMEM or Posix.Errno.ENOSYS or Posix.Errno.EPERM or Posix.Errno.EINVAL;

    private static int FailSpawn(LaunchPlan* plan, LaunchStep step, int reason)
    {
        (plan->FailedAt, plan->Errno) = (step, reason);
        return -1;
    }

    /// <summary>The same as <see cref="Execution"/> does in the child. prlimit(2).</summary>
    private static bool LimitProcess(int process, int resource, long value)
    {
        if (value == 0)
            return true;
        ulong* limit = stackalloc ulong[2] { (ulong)value, (ulong)(resource == Flags.RLIMIT_CPU ? value + 1 : value) };
        return Kernel.Call(SystemCall.ResourceLimit, process, resource, (nint)limit) == 0;
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
    private static partial int posix_spawn_file_actions_addfchdir_np(byte* actions, int directory);

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

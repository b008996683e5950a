using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shims.Posix;

// Starting, watching and ending scripts.
internal static unsafe partial class Libc
{
    private const int SignalCount = 64, SetMask = 2;

    /// <summary>Starts the script beside this process.</summary>
    /// <param name="stack">Memory that does not move, for the child's few calls; not used any more when this returns. 64 KiB is plenty.</param>
    /// <param name="processDescriptor">Becomes readable when the script ends. pidfd_open(2).</param>
    /// <returns>The process id, or -1 with the reason in the plan.</returns>
    /// <remarks>
    /// clone(2) with CLONE_VM and CLONE_VFORK, which is what posix_spawn does inside: the child borrows our memory while we stand still, so
    /// nothing is copied however large we are, and what it writes into the plan (why exec failed) is there for us to read. Other threads go on, and may
    /// want to collect garbage, for which they wait until we are back. Call <see cref="PrepareToSpawn"/> once before on the same thread.
    /// </remarks>
    /// <exception cref="PlatformNotSupportedException">This program was not compiled to native code: <see cref="PosixSpawn"/> starts programs from one that was not.</exception>
    internal static int CloneAndExec(LaunchPlan* plan, Span<byte> stack, out int processDescriptor)
    {
        Execution.RequireNativeCode();
        const int cloneVm = 0x100, clonePidFd = 0x1000, cloneVfork = 0x4000;
        plan->FailedAt = LaunchStep.None;
        int descriptor = -1;
        // It grows downwards, and its end must be aligned.
        byte* stackEnd = (byte*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack)) + stack.Length) & ~(nint)15);
        int process = clone((nint)(delegate*<void*, int>)&Execution.RunChild, stackEnd, cloneVm | cloneVfork | clonePidFd | Flags.SIGCHLD, plan, &descriptor);
        int reason = Errno;
        processDescriptor = descriptor;
        if (process < 0)
        {
            plan->FailedAt = LaunchStep.Fork;
            plan->Errno = reason;
            return -1;
        }
        if (plan->FailedAt == LaunchStep.None)
            return process;
        ReapFailedStart(process);
        Close(descriptor);
        processDescriptor = -1;
        return -1;
    }

    /// <summary>Makes the calling thread one that may start scripts.</summary>
    /// <returns>The signals that a script would find ignored: bit 0 is signal 1.</returns>
    /// <remarks>
    /// Signals that have handlers go to other threads from now on. In a child, before exec, a handler of ours would run on our memory.
    /// </remarks>
    internal static ulong PrepareToSpawn()
    {
        // Faults of our own code must still reach the runtime.
        const ulong faults = 1ul << 3 | 1ul << 4 | 1ul << 5 | 1ul << 6 | 1ul << 7 | 1ul << 10;
        const ulong standard = (1ul << 31) - 1;
        SetSignalMask(standard & ~faults);
        return SignalsForChildren();
    }

    /// <summary>The signals that a child would find ignored, as <see cref="IgnoredSignals"/>; and SIGCHLD is not ignored from now on.</summary>
    internal static ulong SignalsForChildren()
    {
        ulong ignored = IgnoredSignals();
        if ((ignored & 1ul << (Flags.SIGCHLD - 1)) != 0)
            ResetChildSignal();
        return ignored;
    }

    /// <summary>
    /// Has the kernel tell of the end of a script by its descriptor alone. The .NET runtime handles SIGCHLD too, on a thread that would wake for each script.
    /// </summary>
    internal static void ForgetEndsOfChildren() => ResetChildSignal();

    /// <summary>Does with SIGCHLD what is done by default. While it is ignored, as many a daemon hands it on, the system does not keep how a child ended. rt_sigaction(2).</summary>
    internal static void ResetChildSignal()
    {
        nint* action = stackalloc nint[4] { 0, 0, 0, 0 };
        Kernel.Call(SystemCall.SignalAction, Flags.SIGCHLD, (nint)action, 0, sizeof(ulong));
    }

    /// <summary>
    /// Closes this process's memory, environment and descriptors to every other one of the same user, scripts included, and leaves no core file. prctl(2), PR_SET_DUMPABLE. What it
    /// becomes, or starts, is open again, as execve(2) sees to.
    /// </summary>
    internal static void HideFromOtherProcesses()
    {
        const int setDumpable = 4;
        Kernel.Call(SystemCall.ProcessControl, setDumpable, 0);
    }

    /// <summary>
    /// True if the C library cannot start a thread here: a filter of system calls answers clone3(2) with EPERM, and glibc takes clone(2) only after ENOSYS. A call
    /// without arguments does nothing but fail, with EINVAL where it is permitted.
    /// </summary>
    internal static bool RefusesThreads() => Kernel.Call(SystemCall.CreateThread) < 0 && Errno == Posix.Errno.EPERM;

    /// <summary>Collects a process that has ended. wait4(2), WNOHANG.</summary>
    /// <param name="status">Unknown if there is no such child: something else has collected it, or SIGCHLD was ignored.</param>
    /// <returns>False while it still runs.</returns>
    internal static bool TryReap(int process, out ExitStatus status)
    {
        const int noHang = 1;
        int raw = 0;
        int reaped;
        do
            reaped = (int)Kernel.Call(SystemCall.Wait, process, (nint)(&raw), noHang);
        while (reaped < 0 && Errno == Posix.Errno.EINTR);
        status = reaped < 0 ? ExitStatus.Unknown : new ExitStatus(raw);
        return reaped != 0;
    }

    /// <summary>Collects a child that could not become the script. wait4(2).</summary>
    /// <remarks>
    /// clone(2) returns when the child gives our memory back, which is a moment before the child has ended. So this waits for that moment: without waiting, the child would
    /// stay a zombie, and enough of them keep the system from starting anything.
    /// </remarks>
    private static void ReapFailedStart(int process)
    {
        int raw = 0;
        while (Kernel.Call(SystemCall.Wait, process, (nint)(&raw), 0) < 0 && Errno == Posix.Errno.EINTR)
            raw = 0;
    }

    /// <summary>Collects a process, waiting for its end. wait4(2).</summary>
    internal static ExitStatus ReapWaiting(int process)
    {
        int raw = 0;
        int reaped;
        do
            reaped = wait4_waiting(process, &raw, 0, null);
        while (reaped < 0 && Errno == Posix.Errno.EINTR);
        return reaped < 0 ? ExitStatus.Unknown : new ExitStatus(raw);
    }

    /// <summary>Sends a signal to one process. kill(2).</summary>
    internal static void Signal(int process, int number) => Kernel.Call(SystemCall.Kill, process, number);

    /// <summary>True if a process has ended of its own accord and with exit status 0. It stays there to be collected. waitid(2), P_PIDFD, since Linux 5.4.</summary>
    internal static bool HasEndedWell(int processDescriptor)
    {
        const int byDescriptor = 3, noHang = 1, exited = 4, leave = 0x1000000, signalOfChild = 17, hasExited = 1;
        // siginfo_t: signal, errno, code; at 16 process, user, status.
        int* information = stackalloc int[32];
        for (int i = 0; i < 32; i++)
            information[i] = 0;
        return Kernel.Call(SystemCall.WaitForState, byDescriptor, processDescriptor, (nint)information, exited | noHang | leave) == 0 &&
            information[0] == signalOfChild && information[2] == hasExited && information[6] == 0;
    }

    /// <summary>True if a number is that of a process, not of a thread, which this user may look at. tgkill(2).</summary>
    internal static bool IsOwnProcess(int number) => Kernel.Call(SystemCall.SignalThread, number, number, 0) == 0;

    /// <summary>Sends a signal to every process of the script's group. kill(2).</summary>
    internal static void SignalGroup(int leader, int number) => Signal(-leader, number);

    /// <summary>Ends this process at once, so that its parent sees that it did not end well. SIGKILL leaves no core file.</summary>
    internal static void EndOwnProcess() => Signal(ProcessId, Flags.SIGKILL);

    /// <summary>Ends this process, and nothing else happens: no destructors, no buffers. _exit(2).</summary>
    internal static void EndProcess(int exitCode) => Kernel.Call(SystemCall.ExitGroup, exitCode);

    internal static int ProcessId => (int)Kernel.Call(SystemCall.GetProcessId);

    /// <summary>The path of this program as it was given to execve: NUL-terminated, valid for ever; null if the kernel has not passed it on. getauxval(3), AT_EXECFN.</summary>
    internal static byte* ExecutedPath => (byte*)getauxval(31);

    internal static uint EffectiveUser => (uint)Kernel.Call(SystemCall.EffectiveUser);

    internal static uint EffectiveGroup => getegid();

    /// <summary>The other groups of this process. getgroups(2).</summary>
    /// <returns>Their number; 0 if there is no room for them.</returns>
    internal static int SupplementaryGroups(Span<uint> groups)
    {
        fixed (uint* start = groups)
            return Math.Max(0, getgroups(groups.Length, start));
    }

    /// <summary>Lets a signal have no effect on this process. Scripts find it as it was: see <see cref="PrepareToSpawn"/>.</summary>
    internal static void Ignore(int number)
    {
        const nint ignored = 1;
        signal(number, ignored);
    }

    /// <summary>A variable of our own environment, or null; its memory stays the environment's. getenv(3).</summary>
    internal static byte* EnvironmentVariable(ReadOnlySpan<byte> nulTerminatedName)
    {
        if (BareProcess.Environment == null)
        {
            fixed (byte* name = nulTerminatedName)
                return getenv(name);
        }
        ReadOnlySpan<byte> wanted = nulTerminatedName[..^1];
        for (byte** setting = BareProcess.Environment; *setting != null; setting++)
        {
            int length = 0;
            while (length < wanted.Length && (*setting)[length] == wanted[length])
                length++;
            if (length == wanted.Length && (*setting)[length] == (byte)'=')
                return *setting + length + 1;
        }
        return null;
    }

    private static void SetSignalMask(ulong mask)
    {
        Kernel.Call(SystemCall.SignalMask, SetMask, (nint)(&mask), 0, sizeof(ulong));
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int clone(nint child, byte* stackTop, int flags, void* argument, int* processDescriptor);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "wait4")]
    private static partial int wait4_waiting(int process, int* status, int options, void* usage);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nuint getauxval(nuint type);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial uint getegid();

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int getgroups(int size, uint* groups);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial byte* getenv(byte* name);
}

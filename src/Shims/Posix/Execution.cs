using System.Runtime;
using System.Runtime.CompilerServices;

namespace Shims.Posix;

/// <summary>The last that a process does before it is the script. Allocates nothing managed, throws nothing, and knows nothing of the runtime.</summary>
/// <remarks>
/// It runs before there is a runtime, or in a child that has borrowed the memory of a thread which stands still, while other threads go on. To the
/// runtime the two are one thread. So the child must not so much as ask whether a collection is under way: it would wait for its end in the
/// place of its parent, and the collector would look for references on a stack that is not there. Hence RuntimeImport for all that is called here.
/// </remarks>
internal static unsafe class Execution
{
    private const int SignalCount = 64, SetMask = 2;

    /// <summary>The child's whole life between clone and exec. Runs on the parent's memory, so it may do nothing but system calls.</summary>
    /// <param name="argument">The <see cref="LaunchPlan"/>.</param>
    internal static int RunChild(void* argument)
    {
        const int parentDeathSignal = 1;
        var plan = (LaunchPlan*)argument;
        if (plan->IsSupervised)
        {
            setpgid(0, 0);
            prctl(parentDeathSignal, Flags.SIGTERM, 0, 0, 0);
        }
        Become(plan);
        _exit(127);
        return 127;
    }

    /// <summary>Turns this process into the script. execve(2).</summary>
    /// <remarks>Returns only if it failed; descriptors, directory and signals may have been changed by then.</remarks>
    internal static void Become(LaunchPlan* plan)
    {
        if (Duplicate(plan->Output, 1) < 0 || Duplicate(plan->Input, 0) < 0 || Duplicate(plan->Error, 2) < 0 || (plan->Data >= 0 && Duplicate(plan->Data, 3) < 0))
        {
            Fail(plan, LaunchStep.Descriptors);
            return;
        }
        if (chdir(plan->Directory) < 0)
        {
            Fail(plan, LaunchStep.Directory);
            return;
        }
        if (!Limit(Flags.RLIMIT_CPU, plan->CpuSeconds) || !Limit(Flags.RLIMIT_AS, plan->AddressSpace))
        {
            Fail(plan, LaunchStep.Limits);
            return;
        }
        // The .NET runtime ignores SIGPIPE, and ignored signals stay ignored across exec: a script piping into head would never end.
        for (int number = 1; number <= SignalCount; number++)
        {
            if ((plan->IgnoredSignals >> (number - 1) & 1) != 0)
                signal(number, 0);
        }
        // sigset_t has 1024 bits, of which the kernel knows 64.
        ulong* none = stackalloc ulong[16];
        new Span<ulong>(none, 16).Clear();
        sigprocmask(SetMask, none, null);
        execve(plan->Path, plan->Arguments, plan->Environment);
        Fail(plan, LaunchStep.Exec);
    }

    private static int Duplicate(int source, int target)
    {
        int result;
        do result = dup2(source, target);
        while (result < 0 && *__errno_location() == Errno.EINTR);
        return result;
    }

    private static bool Limit(int resource, long value)
    {
        if (value == 0)
            return true;
        ulong* limit = stackalloc ulong[2] { (ulong)value, (ulong)value };
        // The hard CPU limit lies a second behind the soft one, so that the script dies of SIGXCPU, which says why, and not of SIGKILL.
        if (resource == Flags.RLIMIT_CPU)
            limit[1]++;
        return setrlimit(resource, limit) == 0;
    }

    private static void Fail(LaunchPlan* plan, LaunchStep step)
    {
        plan->Errno = *__errno_location();
        plan->FailedAt = step;
    }

    [RuntimeImport("execve"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int execve(byte* path, byte** arguments, byte** environment);

    [RuntimeImport("_exit"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void _exit(int status);

    [RuntimeImport("chdir"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int chdir(byte* path);

    [RuntimeImport("dup2"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int dup2(int source, int target);

    [RuntimeImport("signal"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint signal(int number, nint handler);

    [RuntimeImport("sigprocmask"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int sigprocmask(int how, ulong* set, ulong* before);

    [RuntimeImport("setpgid"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int setpgid(int process, int group);

    [RuntimeImport("prctl"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int prctl(int option, nint second, nint third, nint fourth, nint fifth);

    [RuntimeImport("setrlimit"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int setrlimit(int resource, ulong* limit);

    [RuntimeImport("__errno_location"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int* __errno_location();
}

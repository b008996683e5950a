using System.Runtime;
using System.Runtime.CompilerServices;

namespace Shims.Posix;

/// <summary>The last steps of a process before it is the script. Allocates nothing managed, throws nothing, and knows nothing of the runtime.</summary>
/// <remarks>
/// It runs before there is a runtime, or in a child that has borrowed the memory of a thread which stands still, while other threads go on. To the
/// runtime the two are one thread. So the child must not so much as ask whether a collection is under way: it would wait for its end in the
/// place of its parent, and the collector would look for references on a stack that is not there. Every P/Invoke asks that; hence RuntimeImport, and not
/// <see cref="Kernel"/>. It is for native code only, and says so.
/// </remarks>
internal static unsafe class Execution
{
    /// <summary>Refuses to go on where a compiler works at run time: each method's first call would be one into the runtime. Native code has nothing of this in it.</summary>
    /// <exception cref="PlatformNotSupportedException">This program was not compiled to native code.</exception>
    internal static void RequireNativeCode()
    {
        if (RuntimeFeature.IsDynamicCodeCompiled)
            throw new PlatformNotSupportedException("Only a natively compiled program can start scripts this way: publish it with PublishAot, or start programs with Libc.PosixSpawn.");
    }

    /// <summary>The child's whole life between clone and exec. Runs on the parent's memory, so it may do nothing but system calls.</summary>
    /// <param name="argument">The <see cref="LaunchPlan"/>.</param>
    internal static int RunChild(void* argument)
    {
        const int parentDeathSignal = 1, noNewPrivileges = 38, failed = 127;
        var plan = (LaunchPlan*)argument;
        if (plan->LeadsSession)
        {
            syscall(SystemCall.SetSession);
            syscall(SystemCall.ProcessControl, noNewPrivileges, 1);
            syscall(SystemCall.ProcessControl, parentDeathSignal, Flags.SIGTERM);
        }
        if (plan->IsSupervised)
        {
            syscall(SystemCall.SetProcessGroup, 0, 0);
            syscall(SystemCall.ProcessControl, parentDeathSignal, Flags.SIGTERM);
        }
        ExecScript(plan);
        syscall(SystemCall.ExitGroup, failed);
        return failed;
    }

    /// <summary>Turns this process into the script. execve(2).</summary>
    /// <remarks>Returns only if it failed; descriptors, directory and signals may have been changed by then.</remarks>
    /// <exception cref="PlatformNotSupportedException">This program was not compiled to native code.</exception>
    internal static void ExecScript(LaunchPlan* plan)
    {
        RequireNativeCode();
        const int signalCount = 64, setMask = 2;
        // First, as a held directory may have the number that Data is to have.
        if ((plan->HeldName != null ? syscall(SystemCall.EnterDirectory, plan->HeldDirectory) : syscall(SystemCall.ChangeDirectory, (nint)plan->Directory)) < 0)
        {
            Fail(plan, LaunchStep.Directory);
            return;
        }
        if (Duplicate(plan->Output, 1) < 0 || Duplicate(plan->Input, 0) < 0 || Duplicate(plan->Error, 2) < 0 || (plan->Data >= 0 && Duplicate(plan->Data, 3) < 0))
        {
            Fail(plan, LaunchStep.Descriptors);
            return;
        }
        if (!Limit(Flags.RLIMIT_CPU, plan->CpuSeconds) || !Limit(Flags.RLIMIT_AS, plan->AddressSpace))
        {
            Fail(plan, LaunchStep.Limits);
            return;
        }
        // The .NET runtime ignores SIGPIPE, and ignored signals stay ignored across exec: a script piping into head would never end.
        for (int number = 1; number <= signalCount; number++)
        {
            if ((plan->IgnoredSignals >> (number - 1) & 1) != 0)
                ResetSignal(number);
        }
        ulong none = 0;
        syscall(SystemCall.SignalMask, setMask, (nint)(&none), 0, sizeof(ulong));
        // A link that has come into the place of the script meanwhile is not followed. An interpreter is given the name as it stands here, and looks it up in the same directory.
        if (plan->Interpreter != null)
            syscall(SystemCall.Execute, (nint)plan->Interpreter, (nint)plan->Arguments, (nint)plan->Environment);
        else if (plan->HeldName != null)
            syscall(SystemCall.ExecuteAt, Flags.AT_FDCWD, (nint)plan->HeldName, (nint)plan->Arguments, (nint)plan->Environment, Flags.AT_SYMLINK_NOFOLLOW);
        else
            syscall(SystemCall.Execute, (nint)plan->Path, (nint)plan->Arguments, (nint)plan->Environment);
        Fail(plan, LaunchStep.Exec);
    }

    private static nint Duplicate(int source, int target)
    {
        if (source == target)
            return target;
        nint result;
        do
            result = syscall(SystemCall.Duplicate, source, target);
        while (result < 0 && *__errno_location() == Errno.EINTR);
        return result;
    }

    /// <summary>Does with a signal what is done by default. rt_sigaction(2), with a struct sigaction of zeros.</summary>
    private static void ResetSignal(int number)
    {
        nint* action = stackalloc nint[4] { 0, 0, 0, 0 };
        syscall(SystemCall.SignalAction, number, (nint)action, 0, sizeof(ulong));
    }

    private static bool Limit(int resource, long value)
    {
        if (value == 0)
            return true;
        ulong* limit = stackalloc ulong[2] { (ulong)value, (ulong)value };
        // The hard CPU limit is a second above the soft one, so that the script dies of SIGXCPU, which says why, and not of SIGKILL.
        if (resource == Flags.RLIMIT_CPU)
            limit[1]++;
        return syscall(SystemCall.ResourceLimit, 0, resource, (nint)limit) == 0;
    }

    private static void Fail(LaunchPlan* plan, LaunchStep step)
    {
        plan->Errno = *__errno_location();
        plan->FailedAt = step;
    }

    [RuntimeImport("syscall"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint syscall(nint number, nint first = 0, nint second = 0, nint third = 0, nint fourth = 0, nint fifth = 0, nint sixth = 0);

    [RuntimeImport("__errno_location"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int* __errno_location();
}

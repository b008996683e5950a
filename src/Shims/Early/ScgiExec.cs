using System.Buffers;
using Shims.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Early;

/// <summary>
/// The short way: read the header of the one SCGI request on descriptor 0, and become the script. No process stays.
/// </summary>
/// <remarks>
/// <para>
/// Between execve and Main a native-AOT program sets up two things that this path does not need: the C library (relocations, a table of the processor's
/// features, for which a virtual machine traps to its host again and again, thread-local storage, the allocator: a quarter of a millisecond, as much
/// as in any C program) and then the .NET runtime (garbage collector, threads: another millisecond). So <c>scgi-run</c> does its work before either:
/// </para>
/// <code>
///   kernel -> _start -> [EarlyStart.Begin -> RunEarly -> execve: the script runs]
///                            | whatever is out of the ordinary
///                            v
///                       __libc_start_main -> C++ constructors -> main -> .NET runtime -> Main -> the ordinary program
/// </code>
/// <para>
/// The linker's <c>--wrap=__libc_start_main</c> makes the entry code call a method of the program (EarlyStart.cs) where it would call the C library. If
/// <see cref="RunEarly"/> comes back, that method calls the real one, everything starts as if nothing had happened, and the ordinary program goes on from
/// the bytes that were read (<see cref="EarlyOutcome"/>). The same methods serve both paths: the ordinary program calls <see cref="Run"/> too, when an option asks for exec.
/// Where this is not possible (arm64, another C library), <c>--wrap=main</c> and EarlyMain.cs do the same a little later, before the runtime only.
/// </para>
/// <para>
/// Everything reached from here may therefore use only what needs neither: pointers, spans, stackalloc (not cleared: clearing much of it calls the C library),
/// static methods of types without a static constructor, static fields that hold no references, and system calls (<see cref="Kernel"/>). No
/// allocation, no exception, no interface or virtual call, no generic code that is shared between reference types, no address in data (addresses are
/// put in by the relocations), no copying but with <see cref="SpanCopy"/>. A check that fails (a span's bounds) would end the process, so lengths are compared before.
/// EarlyCodeTests walks through the machine code from the entry on and finds any breach of this.
/// </para>
/// <para>
/// Whatever is out of the ordinary ends the short way without a word: the ordinary program does it again and explains, from the bytes that have been read. A body
/// is read in whole before the script starts, which finds it in a pipe.
/// </para>
/// </remarks>
internal static unsafe class ScgiExec
{
    private const int StandardOutput = 1;

    /// <summary>Becomes the script, if the command line is the plain <c>TARGET [ARG...]</c>. Comes back if not, or if that failed.</summary>
    /// <param name="argumentCount">argc.</param>
    /// <param name="arguments">argv.</param>
    /// <param name="outcome">Nothing yet; then what the ordinary program goes on from.</param>
    internal static void RunEarly(int argumentCount, byte** arguments, ref EarlyOutcome outcome)
    {
        EarlyCommandLine.SecureStandardError("scgi-run"u8, argumentCount, arguments);
        // What a script writes to syslog's socket itself has neither tag nor priority: its errors have to go through the shim.
        if (!StandardError.IsSyslog && EarlyCommandLine.IsPlain(argumentCount, arguments))
        {
            ScriptTarget target = EarlyCommandLine.TargetOf(argumentCount, arguments);
            outcome.HasTakenConnection = true;
            var limits = new ExecLimits(Limits.DefaultHeaderSize, Limits.DefaultHeaderSeconds * 1000, Limits.SmallBody, IsAsked: false, 0, 0);
            Run(ref outcome.Header, target, default, limits);
        }
        EarlyLimits.Require("scgi-run"u8);
    }

    /// <summary>Becomes the script. Comes back only if that was not possible or not wanted.</summary>
    /// <param name="header">Nothing yet, from descriptor 0; then what was read, and how far the script's start got.</param>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="policy">The options for the environment.</param>
    /// <param name="limits">The limits of sizes and times.</param>
    internal static void Run(ref ScgiHeaderBuffer header, in ScriptTarget target, in EnvironmentPolicy policy, in ExecLimits limits)
    {
        if (!ReceiveHeader(ref header, policy, limits))
            return;
        if (ScgiHeader.TryRead(header.Received, limits.HeaderSize, out CgiVariables request) != OperationStatus.Done ||
            !ContentLength.TryRead(request, out long length) || length == ContentLength.Unknown || length > Math.Min(limits.LargestBody, Limits.SmallBody))
        {
            return;
        }
        if (!limits.IsAsked && ProxyPrefix.IsModProxyScgi(request))
            return;
        ref LaunchPlan plan = ref header.Plan;
        if (ScriptLaunch.Prepare(target, request, length, policy, ref header.Memory, out plan, out bool holdsBack) != Resolution.Found)
            return;
        // No process will be left to see that env has not found the interpreter.
        if (plan.Interpreter == null && !FirstLine.IsSound(plan.Path, plan.Environment))
        {
            plan.FailedAt = LaunchStep.FirstLine;
            return;
        }
        if (length > 0 && !ReceiveBody(ref header, (int)length, limits))
            return;

        if (holdsBack)
            TellHeldBack(target, request, policy, plan);
        // Not the connection: the web server keeps it open, so that a script which reads to the end would wait for ever; and what a script does not read would still be in it
        // when it is closed, which the kernel tells the web server as a reset, so that the response is lost.
        plan.Input = length == 0 ? Libc.OpenEmpty() : Libc.OpenHolding(header.Body);
        if (plan.Input < 0)
        {
            (plan.FailedAt, plan.Errno) = (LaunchStep.Descriptors, Libc.Errno);
            return;
        }
        plan.Output = 0;
        plan.Error = 2;
        if (plan.CpuSeconds == 0)
            plan.CpuSeconds = limits.CpuSeconds;
        if (plan.AddressSpace == 0)
            plan.AddressSpace = limits.AddressSpace;
        plan.IgnoredSignals = Libc.IgnoredSignals();
        Libc.CloseOnExecFromThree();
        fixed (LaunchPlan* fixedPlan = &plan)
            Execution.ExecScript(fixedPlan);
        plan.Release();
        // From that step on the connection is the script's standard output, and descriptor 0 its input.
        if (plan.FailedAt > LaunchStep.Descriptors)
            header.Connection = StandardOutput;
    }

    private static void TellHeldBack(in ScriptTarget target, CgiVariables request, in EnvironmentPolicy policy, in LaunchPlan plan)
    {
        if (plan.Section == 0)
            HeldBackNames.Tell("scgi-run"u8, request, policy);
        else
            HeldBackNames.Tell("scgi-run"u8, request, target.Options!.Sections[plan.Section - 1].Environment);
    }

    /// <summary>Reads the header, waiting for it as long as is allowed.</summary>
    /// <returns>False if it has not come in whole. What was read stays in the buffer.</returns>
    internal static bool ReceiveHeader(ref ScgiHeaderBuffer header, in EnvironmentPolicy policy, in ExecLimits limits)
    {
        long deadline = 0;
        while (!header.IsComplete)
        {
            nint count = header.Receive(limits.HeaderSize, policy);
            if (count > 0)
                continue;
            bool mayCome = count < 0 && header.Status == OperationStatus.Done && Libc.WouldBlock;
            if (deadline == 0)
                deadline = Libc.Milliseconds() + limits.HeaderMilliseconds;
            if (!mayCome || !Libc.WaitReadable(0, (int)Math.Max(0, deadline - Libc.Milliseconds())))
                return false;
        }
        return true;
    }

    /// <summary>Reads the body, as long as something comes. What has come by then is the ordinary program's, which waits for the rest.</summary>
    private static bool ReceiveBody(ref ScgiHeaderBuffer header, int length, in ExecLimits limits)
    {
        while (header.Body.Length < length)
        {
            nint count = header.ReceiveBody(length);
            bool mayCome = count > 0 || (count < 0 && Libc.WouldBlock && Libc.WaitReadable(0, limits.HeaderMilliseconds));
            if (!mayCome)
                return false;
        }
        return true;
    }
}

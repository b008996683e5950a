using System.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway;

/// <summary>
/// The short way: read the header of the one SCGI request on descriptor 0, and become the script. Nothing stays behind.
/// </summary>
/// <remarks>
/// <para>
/// A native-AOT program spends about a millisecond on setting up the garbage collector and its threads before Main, more than all that is done here. So
/// <c>scgi-run</c> does it first: the linker's <c>--wrap=main</c> lets the C library call <c>__wrap_main</c>, which is a method of the
/// program (EarlyMain.cs), and that calls <see cref="RunEarly"/>. If it comes back, the method calls <c>__real_main</c>, the runtime starts as
/// if nothing had happened, and the ordinary program goes on from the bytes that were read (<see cref="Early"/>).
/// </para>
/// <para>
/// Everything reached from here may therefore use only what needs no runtime: pointers, spans, stackalloc, static methods of types without a
/// static constructor, static fields that hold no references, and imports bound by the linker that leave the collector's mode alone. No
/// allocation, no exception, no interface or virtual call, no generic code that is shared between reference types. A check that fails
/// (a span's bounds) would end the process, so lengths are compared before.
/// </para>
/// <para>
/// Whatever is out of the ordinary ends the short way without a word: the ordinary program does it again and explains. The header is never read
/// past its end: the next byte belongs to the script.
/// </para>
/// </remarks>
internal static unsafe class ExecPath
{
    private static ScgiIntake s_early;
    private static bool s_hasRun;

    /// <summary>What was read before the runtime started, once: the bytes belong to whoever asks.</summary>
    /// <returns>False if nothing was tried.</returns>
    internal static bool Early(out ScgiIntake intake)
    {
        intake = s_early;
        return s_hasRun;
    }

    /// <summary>Becomes the script, if the command line is the plain <c>TARGET [ARG...]</c>. Comes back if not, or if that failed.</summary>
    /// <param name="argumentCount">argc.</param>
    /// <param name="arguments">argv.</param>
    internal static void RunEarly(int argumentCount, byte** arguments)
    {
        // A relative TARGET, options, and the tests' wish to see the ordinary path are for the ordinary path.
        if (argumentCount < 2 || arguments[1][0] != (byte)'/' || Libc.EnvironmentVariable("SHIMS_ORDINARY_PATH\0"u8) != null)
            return;
        if (Libc.SocketOption(0, Flags.SO_ACCEPTCONN) != 0)
            return;
        StandardError.Secure("scgi-run"u8);
        var limits = new ExecLimits(Limits.DefaultHeaderSize, Limits.DefaultHeaderSeconds * 1000, Limits.SmallBody, 0, 0);
        s_early = Run(TargetOf(argumentCount, arguments), default, limits);
        s_hasRun = true;
    }

    /// <summary>Becomes the script. Comes back only if that was not possible or not wanted.</summary>
    /// <param name="target">What may be run.</param>
    /// <param name="policy">What the command line says of the environment.</param>
    /// <param name="limits">What the command line says of sizes and times.</param>
    internal static ScgiIntake Run(in ScriptTarget target, in EnvironmentPolicy policy, in ExecLimits limits)
    {
        var intake = new ScgiIntake { Connection = 0 };
        if (!Receive(ref intake, policy, limits))
            return intake;
        if (ScgiHeader.TryRead(intake.Received, limits.HeaderSize, out CgiVariables request) != OperationStatus.Done ||
            !ContentLength.TryRead(request, out long length) || length == ContentLength.Unknown || length > limits.LargestBody)
        {
            return intake;
        }
        if (ScriptLaunch.Prepare(target, request, length, policy, ref intake.Memory, out LaunchPlan plan) != Resolution.Found)
            return intake;
        // Nobody will be left to see that env has not found the interpreter.
        if (!FirstLine.IsSound(plan.Path, plan.Environment))
        {
            plan.FailedAt = LaunchStep.FirstLine;
            intake.Failed = plan;
            return intake;
        }

        // Without a body the script finds the end of its input at once; on the connection, which the web server keeps open, it would wait for ever.
        plan.Input = length == 0 ? Libc.Open("/dev/null\0"u8, Flags.O_RDONLY) : 0;
        plan.Output = 0;
        plan.Error = 2;
        plan.CpuSeconds = limits.CpuSeconds;
        plan.AddressSpace = limits.AddressSpace;
        plan.IgnoredSignals = ulong.MaxValue; // to ask which they are would cost as much
        Libc.CloseOnExecFromThree();
        Execution.Become(&plan);
        intake.Failed = plan;
        intake.Connection = 1;
        return intake;
    }

    /// <summary>Reads the header, waiting for it as long as is allowed.</summary>
    private static bool Receive(ref ScgiIntake intake, in EnvironmentPolicy policy, in ExecLimits limits)
    {
        long deadline = Libc.Milliseconds() + limits.HeaderMilliseconds;
        while (!intake.IsComplete)
        {
            nint count = intake.Receive(limits.HeaderSize, policy);
            if (count > 0)
                continue;
            bool mayCome = count < 0 && intake.Status == OperationStatus.Done && Libc.WouldBlock;
            if (!mayCome || !Libc.WaitReadable(0, (int)Math.Max(0, deadline - Libc.Milliseconds())))
                return false;
        }
        return true;
    }

    private static ScriptTarget TargetOf(int argumentCount, byte** arguments)
    {
        byte* path = arguments[1];
        int length = Libc.LengthOf(path);
        bool isDirectory = length > 1 && path[length - 1] == (byte)'/';
        while (isDirectory && length > 1 && path[length - 1] == (byte)'/')
            length--;
        return new ScriptTarget(path, length, isDirectory, arguments + 2, argumentCount - 2);
    }
}

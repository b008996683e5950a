using System.Buffers;
using Shims.Cgi;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway;

/// <summary>
/// The short way: read the header of the one SCGI request on descriptor 0, and become the script. Nothing stays behind. Allocates and throws
/// nothing, so it can run before the .NET runtime has started.
/// </summary>
/// <remarks>
/// Whatever is out of the ordinary ends it, and the ordinary program goes on from the bytes that were read, which is why it explains
/// nothing itself. It never reads past the header: the next byte belongs to the script.
/// </remarks>
internal static unsafe class ScgiExec
{
    /// <summary>Becomes the script. Comes back only if that was not possible or not wanted.</summary>
    /// <param name="target">What may be run.</param>
    /// <param name="policy">What the command line says of the environment.</param>
    /// <param name="maxHeader">Largest header, bytes.</param>
    /// <param name="headerMilliseconds">How long to wait for it.</param>
    /// <param name="largestBody">Bytes of body up to which the script may replace the shim.</param>
    /// <param name="cpuSeconds">Limit, or 0.</param>
    /// <param name="addressSpace">Limit in bytes, or 0.</param>
    internal static ScgiIntake Run(in ScriptTarget target, in EnvironmentPolicy policy, int maxHeader, int headerMilliseconds, long largestBody, long cpuSeconds, long addressSpace)
    {
        var intake = new ScgiIntake { Connection = 0 };
        if (Libc.SocketOption(0, Flags.SO_ACCEPTCONN) != 0)
            return intake;
        long deadline = Libc.Milliseconds() + headerMilliseconds;
        while (!intake.IsComplete)
        {
            nint count = intake.Receive(maxHeader, policy);
            if (count == 0)
                return intake;
            if (count < 0 && !(Libc.WouldBlock && Libc.WaitReadable(0, (int)Math.Max(0, deadline - Libc.Milliseconds()))))
                return intake;
        }
        if (ScgiHeader.TryRead(intake.Received, maxHeader, out CgiVariables request) != OperationStatus.Done ||
            !ContentLength.TryRead(request, out long length) || length == ContentLength.Unknown || length > largestBody)
        {
            return intake;
        }
        if (ScriptLaunch.Prepare(target, request, length, policy, ref intake.Memory, out LaunchPlan plan) != Resolution.Found)
            return intake;

        // Without a body the script finds the end of its input at once; on the connection, which the web server keeps open, it would wait for ever.
        plan.Input = length == 0 ? Libc.Open("/dev/null\0"u8, Flags.O_RDONLY) : 0;
        plan.Output = 0;
        plan.Error = 2;
        plan.CpuSeconds = cpuSeconds;
        plan.AddressSpace = addressSpace;
        Libc.CloseOnExecFromThree();
        Libc.Become(&plan);
        intake.Failed = plan;
        intake.Connection = 1;
        return intake;
    }
}

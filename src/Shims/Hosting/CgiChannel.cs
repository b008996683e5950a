using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The one request of a plain CGI program, and the way back for its response.</summary>
/// <remarks>
/// Its descriptors may be the web server's own, so they are not switched to non-blocking: a read or write takes its time. Apache's mod_cgid
/// reads no output before it has
/// written all input, and two full pipes would wait for each other.
/// </remarks>
internal sealed class CgiChannel(LoopContext context, int input, int output) : SingleChannel(context)
{
    public override string Protocol => "CGI";

    /// <summary>CGI has no way to say that a response broke off, except that the program does not end well.</summary>
    public override void Break() => Libc.EndOwnProcess();

    protected override bool WaitForBody(int milliseconds) => Libc.WaitReadable(input, milliseconds);

    protected override nint ReadBody(Span<byte> room) => Libc.ReadWaiting(input, room);

    protected override nint WriteOutput(ReadOnlySpan<byte> bytes) => Libc.WriteWaiting(output, bytes);
}

using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>Reads the variables of the only request on a connection, whatever their form, and leaves the end of them in the socket until <see cref="TakeUnread"/>.</summary>
internal abstract class HeaderReader
{
    private int _unread;

    /// <summary>The protocol's name.</summary>
    internal abstract string Protocol { get; }

    /// <summary>True if a response begins with a status line of HTTP, and not with the header of CGI.</summary>
    internal virtual bool AnswersInHttp => false;

    /// <summary>Bytes read.</summary>
    internal abstract int Count { get; }

    /// <summary>Everything read so far.</summary>
    internal abstract ReadOnlySpan<byte> Received { get; }

    /// <summary>The part of the body that was read before there was a connection.</summary>
    internal virtual ReadOnlySpan<byte> EarlyBody => default;

    /// <summary>The fault of a script that could not replace this process; null if that was not tried.</summary>
    internal virtual Fault? EarlyFault => null;

    /// <summary>Reads what has arrived.</summary>
    internal abstract ReadProgress Read(Transport transport, LoopContext context);

    /// <summary>The fault of a header that is unacceptable, or that has ended too early.</summary>
    internal abstract Fault Explain(ProtocolDetection detection, int headerSize);

    /// <summary>Begins the request of a header that is complete.</summary>
    /// <param name="exchange">Gets variables and memory.</param>
    /// <param name="recorder">Follows it; null without --record.</param>
    /// <param name="length">Bytes of the body.</param>
    /// <param name="mode">The way in which a script is connected to the web server.</param>
    /// <returns>The fault of a request that cannot be answered; null if it can.</returns>
    internal Fault? Begin(Exchange exchange, IRequestRecorder? recorder, out long length, out RunMode mode)
    {
        (length, mode) = (0, RunMode.Relay);
        Fault? fault = ReadVariables(exchange.Context, out CgiVariables variables);
        exchange.Memory = TakeMemory();
        if (fault is not null)
            return fault;
        exchange.SetVariables(variables);
        exchange.Observer = recorder?.Begin(exchange);
        return ReadLength(variables, out length) ?? ReadMode(exchange.Context.Options, variables, length, out mode);
    }

    /// <summary>Reads the variables of a header that is complete.</summary>
    /// <param name="context">Its limits.</param>
    /// <param name="variables">Views into the memory of <see cref="TakeMemory"/>.</param>
    /// <returns>The fault of a header that cannot be read; null if it can.</returns>
    protected abstract Fault? ReadVariables(LoopContext context, out CgiVariables variables);

    /// <summary>The length of the body.</summary>
    /// <param name="variables">Those of the request.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>The fault of a length that cannot be one; null if it can.</returns>
    protected abstract Fault? ReadLength(CgiVariables variables, out long length);

    /// <summary>The way in which a script is connected to the web server.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="variables">Those of the request.</param>
    /// <param name="length">Bytes of the body.</param>
    /// <param name="mode">Relay, or one in which the script writes to the connection.</param>
    /// <returns>The fault of a web server for which the way that was asked for cannot be right; null if it can.</returns>
    protected abstract Fault? ReadMode(GatewayOptions options, CgiVariables variables, long length, out RunMode mode);

    /// <summary>Gives the memory with the header in it to the caller.</summary>
    internal abstract Arena TakeMemory();

    /// <summary>The body comes next: takes out of the socket what was only looked at.</summary>
    internal void TakeUnread(Transport transport, Span<byte> scratch)
    {
        if (_unread > 0)
            Libc.Receive(transport.Descriptor, scratch[.._unread]);
        _unread = 0;
    }

    /// <summary>Remembers how many bytes at the end of the header were only looked at.</summary>
    protected void LeaveUnread(int count)
    {
        if (_unread == 0)
            _unread = count;
    }

    /// <summary>The fault of a web server.</summary>
    protected static Fault Miswired(string cause, string cure) => new(400, cause, cure) { ExitCode = ExitCode.PeerError };
}

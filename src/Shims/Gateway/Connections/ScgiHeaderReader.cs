using System.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway.Connections;

/// <summary>Reads the header of an SCGI request.</summary>
/// <param name="begun">The part of it that has been read already; its memory is taken over.</param>
internal sealed class ScgiHeaderReader(in ScgiHeaderBuffer begun) : HeaderReader
{
    private ScgiHeaderBuffer _buffer = begun;

    internal override string Protocol => "SCGI";

    internal override int Count => _buffer.Count;

    internal override ReadOnlySpan<byte> Received => _buffer.Received;

    /// <inheritdoc cref="ScgiHeaderBuffer.Body"/>
    internal override ReadOnlySpan<byte> EarlyBody => _buffer.Body;

    internal override Fault? EarlyFault => _buffer.Plan.FailedAt == LaunchStep.None ? null : ScriptDiagnosis.Explain(_buffer.Plan);

    internal override ReadProgress Read(Transport transport, LoopContext context)
    {
        if (_buffer.Count == 0)
            LookForWhole(transport, context);
        while (transport.CanRead && !_buffer.IsComplete)
        {
            nint count = transport.Note(_buffer.Receive(context.Limits.HeaderSize, context.Options.Environment, leaveComma: true));
            if (_buffer.Status is not OperationStatus.Done)
                return ReadProgress.Unacceptable;
            if (count == 0)
                return ReadProgress.Ended;
            if (count < 0)
                return ReadProgress.Incomplete;
        }
        if (!_buffer.IsComplete)
            return ReadProgress.Incomplete;
        if (_buffer.IsCommaUnread)
            LeaveUnread(1);
        return ReadProgress.Complete;
    }

    internal override Fault Explain(ProtocolDetection detection, int headerSize) => detection.Explain(Received) ?? _buffer.Status switch
    {
        OperationStatus.Done => Miswired("the connection ended before the end of the SCGI header", "see the web server's log for why it broke off"),
        OperationStatus.DestinationTooSmall => Miswired($"the SCGI header is longer than {headerSize} bytes", "raise --max-header, or configure the web server to send less"),
        _ => Miswired("the request does not begin with the length of an SCGI header", "see whether the web server speaks SCGI here (nginx: scgi_pass)"),
    };

    protected override Fault? ReadVariables(LoopContext context, out CgiVariables variables) =>
        ScgiHeader.TryRead(Received, context.Limits.HeaderSize, out variables) == OperationStatus.Done ? null
            : Miswired("the SCGI header is not a list of names and values", "configure the web server to send names without =, each with a value, fewer than 1024");

    protected override Fault? ReadLength(CgiVariables variables, out long length) =>
        ContentLength.TryRead(variables, out length) && length != ContentLength.Unknown ? null
            : Miswired("CONTENT_LENGTH is missing or not a number", "configure the web server to send it (nginx: include scgi_params)");

    protected override Fault? ReadMode(GatewayOptions options, CgiVariables variables, long length, out RunMode mode)
    {
        mode = options.ModeFor(length, mayExec: false, ProxyPrefix.IsModProxyScgi(variables));
        return null;
    }

    internal override Arena TakeMemory()
    {
        Arena memory = _buffer.Memory;
        _buffer.Memory = default;
        return memory;
    }

    /// <summary>The usual case: all of the header is there. It is copied, and left in the socket.</summary>
    private void LookForWhole(Transport transport, LoopContext context)
    {
        nint count = transport.Peek(context.Scratch);
        if (count <= 0)
            return;
        ReadOnlySpan<byte> bytes = context.Scratch[..(int)count];
        if (ScgiHeader.TryGetSize(bytes, context.Limits.HeaderSize, out int size) == OperationStatus.Done && size <= bytes.Length && _buffer.Take(bytes[..size]))
            LeaveUnread(size);
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway.Connections;

/// <summary>Reads the header of an SCGI request, and leaves the end of it in the socket until <see cref="TakeUnread"/>.</summary>
/// <param name="begun">The part of it that has been read already; its memory is taken over.</param>
internal struct ScgiHeaderReader(in ScgiHeaderBuffer begun)
{
    private ScgiHeaderBuffer _buffer = begun;
    private int _unread;

    /// <summary>Bytes read.</summary>
    internal readonly int Count => _buffer.Count;

    /// <summary>Everything read so far.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<byte> Received => _buffer.Received;

    /// <inheritdoc cref="ScgiHeaderBuffer.Body"/>
    internal readonly ReadOnlySpan<byte> EarlyBody => _buffer.Body;

    /// <inheritdoc cref="ScgiHeaderBuffer.Plan"/>
    [UnscopedRef]
    internal readonly ref readonly LaunchPlan Plan => ref _buffer.Plan;

    /// <summary>Reads what has arrived.</summary>
    internal ReadProgress Read(Transport transport, LoopContext context)
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
        if (_unread == 0 && _buffer.IsCommaUnread)
            _unread = 1;
        return ReadProgress.Complete;
    }

    /// <summary>The fault of a header that is unacceptable.</summary>
    internal readonly Fault Explain(ProtocolDetection detection, int headerSize) => detection.Explain(Received) ?? _buffer.Status switch
    {
        OperationStatus.Done => new Fault(400, "the connection ended before the end of the SCGI header", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError },
        OperationStatus.DestinationTooSmall => new Fault(400, $"the SCGI header is longer than {headerSize} bytes", "raise --max-header, or configure the web server to send less") { ExitCode = ExitCode.PeerError },
        _ => new Fault(400, "the request does not begin with the length of an SCGI header", "see whether the web server speaks SCGI here (nginx: scgi_pass)") { ExitCode = ExitCode.PeerError },
    };

    /// <summary>The body comes next: takes out of the socket what was only looked at.</summary>
    internal void TakeUnread(Transport transport, Span<byte> scratch)
    {
        if (_unread > 0)
            Libc.Receive(transport.Descriptor, scratch[.._unread]);
        _unread = 0;
    }

    /// <summary>Gives the memory with the header in it to the caller.</summary>
    internal Arena TakeMemory()
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
            _unread = size;
    }
}

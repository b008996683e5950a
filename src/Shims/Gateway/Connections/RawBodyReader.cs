using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>Reads the body of an SCGI request, as many bytes as CONTENT_LENGTH says, and leaves the last one in the socket.</summary>
internal struct RawBodyReader
{
    private long _taken;

    /// <summary>Takes over what was read of it before there was a connection.</summary>
    internal ReadProgress TakeOver(Exchange exchange, ReadOnlySpan<byte> early) =>
        early.IsEmpty ? ReadProgress.Incomplete : Take(exchange, early);

    /// <summary>Reads what has arrived, a piece at a time, straight to the script if that can be.</summary>
    internal ReadProgress Read(Transport transport, Exchange exchange, Span<byte> scratch)
    {
        long missing = exchange.BodyLength - _taken;
        if (missing > 1 && exchange.DirectInput is { } input)
        {
            nint moved = transport.MoveInto(input, missing - 1);
            _taken += Math.Max(0, moved);
            if (moved > 0)
                exchange.Progress();
            return moved == 0 ? ReadProgress.Ended : ReadProgress.Incomplete;
        }
        nint count = missing == 1 ? transport.Peek(scratch[..1]) : transport.Receive(scratch[..(int)Math.Min(scratch.Length, missing - 1)]);
        return count switch
        {
            < 0 => ReadProgress.Incomplete,
            0 => ReadProgress.Ended,
            _ => Take(exchange, scratch[..(int)count]),
        };
    }

    private ReadProgress Take(Exchange exchange, ReadOnlySpan<byte> bytes)
    {
        _taken += bytes.Length;
        exchange.Take(bytes);
        return _taken == exchange.BodyLength ? ReadProgress.Complete : ReadProgress.Incomplete;
    }
}

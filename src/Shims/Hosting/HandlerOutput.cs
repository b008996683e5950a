using System.Text.Unicode;
using Shims.Cgi;
using Shims.Gateway.Requests;

namespace Shims.Hosting;

/// <summary>The response of a handler: the header, made when it is needed, and the body. Guarded by the lock of its <see cref="HandlerChannel"/>.</summary>
internal sealed class HandlerOutput(Exchange exchange) : IDisposable
{
    /// <summary>Bytes of room for which a handler waits that has filled all there was.</summary>
    private const int GoodRoom = Limits.OutputInMemory / 2;

    private readonly ResponseBuffer _held = new(exchange);

    /// <summary>Makes the header, given the bytes of the body if all of it is known.</summary>
    internal Func<long?, ResponseHead>? MakeHead { get; set; }

    internal bool IsSent => _held.IsSent;

    /// <inheritdoc cref="ResponseBuffer.HeadFault"/>
    internal string? HeadFault => _held.HeadFault;

    internal bool HasGoodRoom => _held.Free >= GoodRoom;

    /// <summary>Adds to the body what there is room for.</summary>
    /// <returns>Bytes; 0 if there is no room, and then the header goes out as it is now.</returns>
    internal int Write(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = _held.Room;
        int count = Math.Min(room.Length, bytes.Length);
        bytes[..count].CopyTo(room);
        return Added(count);
    }

    /// <summary>Writes text as UTF-8; characters that are not Unicode become U+FFFD.</summary>
    /// <param name="text">The text.</param>
    /// <param name="read">Characters added.</param>
    internal int Write(ReadOnlySpan<char> text, out int read)
    {
        Utf8.FromUtf16(text, _held.Room, out read, out int written);
        return Added(written);
    }

    /// <summary>The header goes out as it is now.</summary>
    internal void Commit()
    {
        if (!_held.HasHead)
            _held.SetHead(MakeHead!(null));
    }

    /// <summary>Completes a header that has not gone out: all of the body is known, so the header has its length, and a browser sees if it got everything.</summary>
    internal void Complete()
    {
        if (!_held.HasHead)
            _held.SetHead(MakeHead!(_held.Bytes.Length));
    }

    /// <inheritdoc cref="ResponseBuffer.Send"/>
    internal bool Send() => _held.Send();

    public void Dispose() => _held.Dispose();

    private int Added(int count)
    {
        if (count > 0)
            _held.Added(count);
        else
            Commit();
        return count;
    }
}

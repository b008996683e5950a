using Shims.Cgi;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Holds a response, header and body, within a bound until the web server may and can take it.</summary>
internal sealed class ResponseBuffer(Exchange exchange) : IDisposable
{
    /// <summary>Bytes of body that go out together with the header: one system call, one FastCGI record.</summary>
    private const int SmallBody = 8 * 1024;

    private readonly NativeBuffer _body = new(Limits.OutputInMemory);
    private byte[]? _head;
    private int _headSent;

    /// <summary>True if the header is known; nothing is sent before.</summary>
    internal bool HasHead => _head is not null;

    /// <summary>Bytes held that follow the header; before <see cref="SetHead"/> those that a script's header may be among.</summary>
    internal ReadOnlySpan<byte> Bytes => _body.Bytes;

    /// <summary>True if everything has been sent.</summary>
    internal bool IsSent => _head is not null && _headSent == _head.Length && _body.IsEmpty;

    /// <summary>True if the body is dropped, whatever is written.</summary>
    internal bool HasNoBody { get; private set; }

    /// <summary>True if nothing is held that follows the header.</summary>
    internal bool IsEmpty => _body.IsEmpty;

    /// <summary>The number of bytes that can still be held.</summary>
    internal int Free => _body.Free;

    /// <summary>Room for more; empty if the bound has been reached. Tell <see cref="Added"/> what was used.</summary>
    internal Span<byte> Room => _body.Room;

    internal void Added(int count)
    {
        _body.Added(count);
        if (HasNoBody)
            _body.Clear();
    }

    internal void Remove(int count) => _body.Remove(count);

    /// <summary>Passes what is held through the rules for a body.</summary>
    internal void Reshape(ResponseBody body) => _body.Keep(body.Take(_body.Content));

    /// <summary>The fault of a header that the wire has no room for, as the end of a sentence; null if there is none. Nothing is sent then.</summary>
    internal string? HeadFault { get; private set; }

    /// <summary>The header is known. A body that HTTP allows for neither the method nor the status is dropped from now on, whatever is written.</summary>
    internal void SetHead(ResponseHead head)
    {
        _head = exchange.Channel.Encode(head, exchange.RequestId);
        HeadFault = exchange.Channel.FaultOf(_head);
        if (HeadFault is not null)
        {
            _head = null;
            return;
        }
        exchange.Outcome.Begin(head.Status, _head.Length);
        HasNoBody = exchange.IsHead || head.HasNoBody;
        exchange.ResponseLength = _head.Length + (HasNoBody ? 0 : head.ContentLength);
        if (!HasNoBody && _body.Length <= SmallBody)
        {
            var together = new byte[_head.Length + _body.Length];
            _head.CopyTo(together, 0);
            _body.Bytes.CopyTo(together.AsSpan(_head.Length));
            _head = together;
        }
        if (HasNoBody || _body.Length <= SmallBody)
            _body.Clear();
    }

    /// <summary>Sends what may be sent.</summary>
    /// <returns>True if that has made room for more.</returns>
    internal bool Send()
    {
        if (_head is null || !exchange.MaySend)
            return false;
        while (_headSent < _head.Length)
        {
            int count = exchange.Write(_head.AsSpan(_headSent));
            if (count == 0)
                return false;
            _headSent += count;
        }
        bool hasSent = false;
        while (!_body.IsEmpty)
        {
            int count = exchange.Write(_body.Bytes);
            if (count == 0)
                break;
            _body.Remove(count);
            hasSent = true;
        }
        return hasSent;
    }

    public void Dispose() => _body.Dispose();
}

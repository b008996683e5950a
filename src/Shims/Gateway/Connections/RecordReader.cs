using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>Takes what arrives on a FastCGI connection apart: streams in parts, as they come, and all other records whole.</summary>
/// <remarks>
/// What has come is looked at, handled, and then taken out of the socket. But a record that ends STDIN or DATA stays there as long as nothing comes after it, together with all that was looked at with
/// it: closing over it makes the kernel report a reset, over unix sockets too. nginx takes a response without END_REQUEST for complete, so there is no other way to tell it.
/// </remarks>
internal sealed class RecordReader(Transport transport, LoopContext context) : IDisposable
{
    private readonly NativeBuffer _collected = new(64);
    private int _contentLeft;
    private int _paddingLeft;
    private int _seen;
    private int _handled;
    private int _taken;
    private int _held;
    private bool _mayBeMore;

    /// <summary>The record that <see cref="TryNext"/> has come to. One that is not of version 1 is not a record.</summary>
    internal RecordHeader Record { get; private set; }

    /// <summary>True if the last bytes received are the end of a stream, and are still in the socket.</summary>
    internal bool IsEndHeld => _held > 0;

    /// <summary>True if a record has begun to come in, and has not ended.</summary>
    internal bool IsInsideRecord => HasBegunRecord || (!IsEndHeld && transport.Peek(stackalloc byte[1]) > 0);

    /// <summary>The same, but for a record of which less than a header has come: that is still in the socket.</summary>
    internal bool HasBegunRecord => _contentLeft > 0 || _paddingLeft > 0;

    /// <summary>True if content of the record that is to come is a request's body.</summary>
    internal bool IsInBody => _contentLeft > 0 && IsOfStream && Record.Type == RecordType.Stdin;

    /// <summary>True if the record is a part of a stream of a request. FastCGI 1.0 section 3.3.</summary>
    private bool IsOfStream => Record is { Type: RecordType.Params or RecordType.Stdin or RecordType.Data, RequestId: not RecordHeader.ManagementId };

    private ReadOnlySpan<byte> Rest => context.Scratch[_handled.._seen];

    /// <summary>Looks at what has come. In the middle of a record all of it can be taken at once; at its edge the next one may have to stay.</summary>
    /// <param name="isContentPassing">True if the content of the next record will <see cref="Pass"/>.</param>
    /// <returns>Bytes; 0 at the end of input; -1 if there is nothing for now.</returns>
    internal nint Look(bool isContentPassing)
    {
        bool isInside = _contentLeft > 0;
        int most = isInside ? _contentLeft : isContentPassing ? _held + _paddingLeft + RecordHeader.Size : LoopContext.ScratchSize;
        Span<byte> room = context.Scratch[..Math.Min(LoopContext.ScratchSize, most)];
        nint count = isInside ? transport.Receive(room) : transport.Peek(room);
        _mayBeMore = count == room.Length;
        _seen = (int)Math.Max(count, 0);
        _taken = isInside ? _seen : 0;
        _handled = Math.Min(_held, _seen);
        if (_seen > _held)
            _held = 0;
        return count;
    }

    /// <summary>Moves what has come of the body that the record brings on to its reader without looking at it.</summary>
    /// <returns>As with <see cref="Transport.MoveInto"/>.</returns>
    internal nint Pass(PipeWriter reader, long most)
    {
        nint moved = transport.MoveInto(reader, Math.Min(_contentLeft, most));
        _contentLeft -= (int)Math.Max(moved, 0);
        return moved;
    }

    /// <summary>Goes on to the next record in what was looked at, or to the next part of one.</summary>
    /// <param name="content">For the streams of a request a part of a record, which ends the stream if the whole record is empty; for others all of it. What is not a record is not taken apart.</param>
    /// <returns>False if what is left is too little.</returns>
    internal bool TryNext(out ReadOnlySpan<byte> content)
    {
        content = default;
        if (IsEndHeld || (_contentLeft == 0 && !TryBegin()))
            return false;
        if (Record.Version != RecordHeader.Version1)
        {
            content = Rest;
            return true;
        }
        content = Rest[..Math.Min(_contentLeft, _seen - _handled)];
        _contentLeft -= content.Length;
        _handled += content.Length;
        if (IsOfStream)
            return Record.ContentLength == 0 || !content.IsEmpty;
        if (content.Length < Record.ContentLength)
        {
            _collected.AddAll(content);
            content = _collected.Bytes;
        }
        return _contentLeft == 0;
    }

    /// <summary>Takes what was handled out of the socket, unless it is to stay. If nothing was handled, there is nothing to do until more comes.</summary>
    internal void Take()
    {
        if (IsEndHeld || _handled == 0)
            transport.WaitForMore();
        else if (_taken == 0)
            transport.Receive(context.Scratch[.._handled]);
    }

    /// <summary>Takes what has stayed in the socket: the connection goes on without the request that it belongs to.</summary>
    internal void TakeHeld()
    {
        if (IsEndHeld)
            transport.Receive(context.Scratch[.._held]);
        _held = 0;
    }

    public void Dispose() => _collected.Dispose();

    /// <summary>Skips the padding of the last record, and reads the header of the next.</summary>
    private bool TryBegin()
    {
        int padding = Math.Min(_paddingLeft, _seen - _handled);
        _paddingLeft -= padding;
        _handled += padding;
        ReadOnlySpan<byte> rest = Rest;
        if (rest is [not RecordHeader.Version1, ..])
        {
            Record = default;
            return true;
        }
        if (rest.Length < RecordHeader.Size)
            return false;
        Record = RecordHeader.Read(rest);
        (_contentLeft, _paddingLeft) = (Record.ContentLength, Record.PaddingLength);
        _handled += RecordHeader.Size;
        _collected.Clear();
        if (_contentLeft == 0 && Record.Type != RecordType.Params && IsOfStream && rest.Length == RecordHeader.Size + _paddingLeft && !_mayBeMore)
            (_held, _paddingLeft) = (_seen, 0);
        return true;
    }
}

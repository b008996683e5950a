using Shims.Cgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>The standard output of a relayed script: the header, checked, then the body.</summary>
internal sealed class ScriptOutput(Exchange exchange) : IDisposable
{
    private readonly ResponseBuffer _held = new(exchange);
    private ResponseHead? _head;
    private ResponseBody? _body;
    private int _pipe = -1;
    private bool _canRead;
    private bool _isHungUp;
    private long _read;

    /// <summary>True if everyone who could write has closed it.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>True if the header is known.</summary>
    internal bool HasHead => _held.HasHead;

    /// <summary>The fault in the script's output, as the end of a sentence; null if there is none.</summary>
    internal string? Fault { get; private set; }

    /// <summary>The time of the last output, on the loop's clock; 0 before.</summary>
    internal long LastRead { get; private set; }

    /// <summary>True if all that has been written is known, because nothing waits in the pipe for room.</summary>
    internal bool IsDrained => !_canRead;

    /// <summary>True if all that has come has been sent.</summary>
    internal bool IsSent => _held.IsSent;

    /// <summary>The number of bytes that can still be held.</summary>
    internal int Free => _held.Free;

    /// <summary>True if the body is as long as its header says.</summary>
    internal bool IsWhole => _held.HasHead && (_held.HasNoBody || _body is { IsWhole: true });

    /// <summary>True if the header announces more than has come.</summary>
    internal bool IsShort => !_held.HasNoBody && _body is { IsShort: true };

    /// <summary>True if the script has written more than the Content-Length that it has given.</summary>
    internal bool HasSurplus => !_held.HasNoBody && _body is { HasSurplus: true };

    /// <summary>True if the script has chunked the body itself.</summary>
    internal bool IsDecoded => _body is { IsPlain: false };

    /// <summary>Bytes of the body as the header announces them; null if it does not.</summary>
    internal long? ContentLength => _head?.ContentLength;

    /// <summary>The first line of a header that has not ended.</summary>
    internal ReadOnlySpan<byte> FirstLine
    {
        get
        {
            int end = _held.Bytes.IndexOf((byte)'\n');
            return (end < 0 ? _held.Bytes : _held.Bytes[..end]).TrimEnd((byte)'\r');
        }
    }

    private EventLoop Loop => exchange.Context.Loop;

    /// <summary>True if what comes need not be looked at any more, and there is so much of it that moving it inside the kernel pays.</summary>
    private bool MaySplice =>
        _read >= Limits.OutputInMemory && _held is { IsSent: true, HasNoBody: false } && _body is { IsPlain: true, Left: > 0 } && exchange.MaySend && exchange.Context.Service.MaySplice;

    /// <summary>Our end of the pipe; -1 once closed.</summary>
    internal int Descriptor => _pipe;

    /// <summary>Reads from a pipe from now on; -1 is none.</summary>
    internal void Open(int pipe, IWatcher watcher)
    {
        _pipe = pipe;
        if (pipe >= 0)
            Loop.Watch(pipe, Readiness.Read, watcher);
    }

    /// <summary>The pipe has told of something.</summary>
    internal void OnReady(Readiness readiness)
    {
        _canRead = true;
        // Data and the end may come as one event, after which there is no other: a short read is not the end then.
        _isHungUp |= (readiness & Readiness.HangUp) != 0;
    }

    /// <summary>There may be something in the pipe that has not been told of.</summary>
    internal void LookAgain() => _canRead = !HasEnded;

    /// <summary>Passes on what there is and what there is room for.</summary>
    internal void Advance()
    {
        // Reading makes room for sending and the other way round, until neither can go on.
        do
            Read();
        while (Fault is null && _held.Send() && _canRead);
    }

    /// <summary>
    /// The web server has left with as much as the Content-Length says: sees whether the script has written more, which nothing reads.
    /// A pipe that still holds bytes promised to the web server says nothing of that.
    /// </summary>
    internal void LookForSurplus()
    {
        if (_body is { IsPlain: true, IsWhole: true } && _pipe >= 0 && !exchange.Channel.IsSplicing && Libc.Available(_pipe) > 0)
            _body.Take([0]);
    }

    /// <summary>Stops reading and sending.</summary>
    public void Dispose()
    {
        exchange.Channel.EndSplice();
        Loop.Close(ref _pipe);
        _held.Dispose();
    }

    private void Read()
    {
        // What has been promised is the connection's to take out of the pipe.
        while (_canRead && !HasEnded && Fault is null && !exchange.Channel.IsSplicing)
        {
            if (MaySplice)
            {
                SpliceResult result = exchange.Channel.Splice(_pipe, _body!.Left, out int moved);
                _body.Passed(moved);
                exchange.Outcome.Access?.Sent(moved);
                if (result == SpliceResult.ConnectionFull)
                    return;
                if (result == SpliceResult.Moved)
                {
                    LastRead = Loop.Now;
                    continue;
                }
            }
            Span<byte> room = _held.Room;
            if (room.IsEmpty)
            {
                if (!_held.HasHead)
                    Fault = "its header is longer than 64 KiB";
                return;
            }
            nint count = Libc.Read(_pipe, room);
            if (count < 0)
                _canRead = false;
            else if (count == 0)
                End();
            else
                Add(room, (int)count);
        }
    }

    private void End()
    {
        HasEnded = true;
        _canRead = false;
        Loop.Close(ref _pipe);
        if (!_held.HasHead)
            TakeHead(isLast: true);
    }

    private void Add(Span<byte> room, int count)
    {
        // Less than there was room for: the pipe is empty, and asking again would only say so.
        _canRead = count == room.Length || _isHungUp;
        LastRead = Loop.Now;
        exchange.Observer?.AddReply(room[..count]);
        _read += count;
        // A script that has written so much writes more; it and the shim would wake each other for every few pages.
        if (_read >= Limits.OutputInMemory && _read - count < Limits.OutputInMemory && _body is null or { Left: > Limits.LargePipe })
            Libc.EnlargePipe(_pipe, Limits.LargePipe);
        if (_body is null)
        {
            _held.Added(count);
            TakeHead(isLast: false);
            return;
        }
        _held.Added(_body.Take(room[..count]));
        LookAtBody();
    }

    /// <summary>Takes the header off the output as soon as it is whole.</summary>
    private void TakeHead(bool isLast)
    {
        if (!ResponseHead.TryFindEnd(_held.Bytes, out int size))
            return;
        _head = ResponseHead.Read(_held.Bytes[..size], out string? fault);
        Fault = fault;
        if (fault is not null)
            return;
        bool? isChunked = _head.IsChunked ? ChunkedBody.LooksChunked(_held.Bytes[size..]) : false;
        if (isChunked is null && !isLast)
            return;
        exchange.Observer?.Status = _head.Status;
        _held.Remove(size);
        _body = new ResponseBody(_head.ContentLength, isChunked == true);
        _held.Reshape(_body);
        _held.SetHead(_head);
        Fault = _held.HeadFault;
        LookAtBody();
    }

    private void LookAtBody()
    {
        if (Fault is null && _body is { IsMalformed: true })
            Fault = "its chunked body is malformed";
    }
}

using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The one request of a plain CGI program, and the way back for its response.</summary>
/// <remarks>
/// Its descriptors may be the web server's own, so they are not switched to non-blocking: a read or write takes its time. As everywhere, the body comes in before the
/// response goes out; Apache's mod_cgid reads no output before it has written all input, and two full pipes would wait for each other.
/// </remarks>
internal sealed class CgiChannel : IResponseChannel
{
    private readonly int _input;
    private readonly int _output;
    private readonly Exchange _exchange;
    private bool _isScheduled;
    private long _drainUntil = long.MaxValue;

    internal CgiChannel(LoopContext context, int input, int output)
    {
        _input = input;
        _output = output;
        _exchange = new Exchange(context, this, hasHeader: true);
    }

    string IResponseChannel.Protocol => "CGI";

    string IResponseChannel.Peer => "";

    /// <summary>The log is not looked at again: there is no loop.</summary>
    bool IResponseChannel.CanTakeErrors => true;

    /// <summary>True if the response is complete, or no longer wanted.</summary>
    internal bool HasEnded { get; private set; }

    private BodySpool Body => _exchange.Body;

    internal void Start(IResponder responder)
    {
        CgiVariables variables = ReadVariables();
        if (!ContentLength.TryRead(variables, out long length))
        {
            _exchange.Complete(Body);
            _exchange.Fail(new Fault(400, "CONTENT_LENGTH is not a number", "configure the web server to send the length in digits") { ExitCode = ExitCode.PeerError });
            return;
        }
        // Without a length there is no body (RFC 3875 section 4.1.2), except that Apache passes on a chunked one until its end.
        bool isChunked = variables.TryGet("HTTP_TRANSFER_ENCODING"u8, out _);
        _exchange.BodyLength = length == ContentLength.Unknown && !isChunked ? 0 : length;
        if (_exchange.BodyLength == 0)
            _exchange.Complete(Body);
        responder.Start(_exchange, connection: -1);
        _isScheduled = true;
    }

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release() => _exchange.Release();

    /// <summary>Sees to what has changed; else takes in a part of the body, or, after its end, waits for what a handler on another thread has to say. Writing never leaves anything to wait for.</summary>
    internal void Wait()
    {
        if (_isScheduled)
        {
            Advance();
            return;
        }
        if (_drainUntil != long.MaxValue && !Libc.WaitReadable(_input, (int)Math.Max(0, _drainUntil - Libc.Milliseconds())))
        {
            _exchange.EndDrain();
            Advance();
            return;
        }
        if (Body.IsComplete)
        {
            _exchange.Context.Loop.RunOnce();
            return;
        }
        TakeBody();
        if (!HasEnded)
            Advance();
    }

    void IResponseChannel.Schedule() => _isScheduled = true;

    int IResponseChannel.Write(ReadOnlySpan<byte> output)
    {
        nint count = Libc.WriteWaiting(_output, output);
        if (count > 0)
            return (int)count;
        if (Libc.Errno == Errno.EINTR)
        {
            _isScheduled = true;
            return 0;
        }
        HasEnded = true;
        _exchange.Response?.Abandon(StopReason.PeerGone);
        return 0;
    }

    void IResponseChannel.End(int exitCode) => HasEnded = true;

    /// <summary>CGI has no way to say that a response broke off, except that the program does not end well.</summary>
    void IResponseChannel.Break() => Libc.EndOwnProcess();

    private CgiVariables ReadVariables()
    {
        byte[] variables = CgiProcessEnvironment.Read();
        _exchange.Memory = Arena.Create(variables.Length + 1);
        Span<byte> block = _exchange.Memory.Take(variables.Length + 1);
        if (block.IsEmpty)
            throw new OutOfMemoryException();
        variables.CopyTo(block);
        _exchange.SetVariables(new CgiVariables(block[..variables.Length]));
        return _exchange.Variables;
    }

    private void Advance()
    {
        _isScheduled = false;
        _exchange.Response?.Advance();
        _exchange.UpdatePhase();
        if (_exchange.Phase == RequestPhase.Drain && _drainUntil == long.MaxValue)
            _drainUntil = Libc.Milliseconds() + Limits.DrainTime;
    }

    private void TakeBody()
    {
        Span<byte> room = _exchange.Context.Scratch;
        long length = _exchange.BodyLength, missing = length == ContentLength.Unknown ? long.MaxValue : length - Body.Received;
        nint count = Libc.ReadWaiting(_input, room[..(int)Math.Min(room.Length, missing)]);
        if (count <= 0)
        {
            if (length != ContentLength.Unknown)
            {
                // Half a body must not be taken for all of it.
                _exchange.Response?.Abandon(StopReason.PeerGone);
                HasEnded = true;
                return;
            }
            _exchange.Complete(Body);
        }
        else
        {
            _exchange.Take(room[..(int)count]);
        }
        if (Body.Received == length)
            _exchange.Complete(Body);
        if (length == ContentLength.Unknown && !Body.IsComplete && Body.Received > _exchange.Context.Limits.BodySize)
            _exchange.Refuse(new Fault(413, "the request's body is larger than ShimOptions.MaxBodySize allows", "raise it, or configure the web server to refuse such bodies"));
    }
}

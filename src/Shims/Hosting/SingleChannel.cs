using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>
/// A single request that comes without a connection, and the way back for its response. As everywhere, the body comes in before the
/// response goes out.
/// </summary>
internal abstract class SingleChannel : IResponseChannel
{
    private readonly Exchange _exchange;
    private bool _isScheduled;
    private long _drainUntil = long.MaxValue;

    protected SingleChannel(LoopContext context) => _exchange = new Exchange(context, this, hasHeader: true);

    public abstract string Protocol { get; }

    string IResponseChannel.Peer => "";

    /// <summary>The log is not looked at again: there is no loop.</summary>
    bool IResponseChannel.CanTakeErrors => true;

    /// <summary>True if the response is complete, or no longer wanted.</summary>
    internal bool HasEnded { get; private protected set; }

    private BodySpool Body => _exchange.Body;

    /// <summary>Has the request answered.</summary>
    /// <param name="block">Its variables, see <see cref="CgiVariables"/>.</param>
    internal void Start(IResponder responder, byte[] block)
    {
        CgiVariables variables = Keep(block);
        if (!ContentLength.TryRead(variables, out long length))
        {
            Refuse(new Fault(400, "CONTENT_LENGTH is not a number", "configure the web server to send the length in digits")
            {
                ExitCode = ExitCode.PeerError,
            });
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

    /// <summary>Has the request answered with an error page, before anything has been answered.</summary>
    internal void Refuse(Fault fault)
    {
        _exchange.Complete(Body);
        _exchange.Fail(fault);
    }

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release() => _exchange.Release();

    /// <summary>
    /// Sees to what has changed; else takes in a part of the body, or, after its end, waits for what a handler on another thread has to
    /// say. Writing never leaves anything to wait for.
    /// </summary>
    internal void Wait()
    {
        if (_isScheduled)
        {
            Advance();
            return;
        }
        if (_drainUntil != long.MaxValue && !WaitForBody((int)Math.Max(0, _drainUntil - Libc.Milliseconds())))
        {
            _exchange.EndDrain();
            Advance();
            return;
        }
        if (Body.IsComplete || HasEnded)
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
        nint count = WriteOutput(output);
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

    /// <inheritdoc cref="IResponseChannel.WriteError"/>
    public virtual void WriteError(ReadOnlySpan<byte> lines, ScriptLog log) => log.Write(lines);

    /// <inheritdoc cref="IResponseChannel.Break"/>
    public abstract void Break();

    /// <summary>Waits for a part of the body, or its end.</summary>
    /// <returns>False if the time is over.</returns>
    protected abstract bool WaitForBody(int milliseconds);

    /// <summary>Reads a part of the body.</summary>
    /// <returns>Bytes; 0 or less at its end.</returns>
    protected abstract nint ReadBody(Span<byte> room);

    /// <summary>Writes a part of the response.</summary>
    /// <returns>Bytes; 0 or less if it is not wanted any more, or errno is EINTR.</returns>
    protected abstract nint WriteOutput(ReadOnlySpan<byte> output);

    private CgiVariables Keep(byte[] variables)
    {
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
        nint count = ReadBody(room[..(int)Math.Min(room.Length, missing)]);
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
        {
            _exchange.Refuse(new Fault(413, "the request's body is larger than ShimOptions.MaxBodySize allows",
                "raise it, or configure the web server to refuse such bodies"));
        }
    }
}

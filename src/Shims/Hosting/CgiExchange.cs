using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The one request of a plain CGI program.</summary>
/// <remarks>
/// Its descriptors may be the web server's own, so they are not switched to non-blocking: a read or write takes its time. As everywhere, the body comes in before the
/// answer goes out; Apache's mod_cgid reads no output before it has written all input, and two full pipes would wait for each other.
/// </remarks>
internal sealed class CgiExchange : Exchange
{
    private readonly int _input;
    private readonly int _output;
    private readonly byte[] _variables;
    private long _drainUntil = long.MaxValue;

    internal CgiExchange(GatewayServer server, int input, int output)
        : base(server)
    {
        _input = input;
        _output = output;
        _variables = CgiProcessEnvironment.Read();
    }

    internal override CgiVariables Variables => new(_variables);

    /// <summary>Whether the answer is complete, or nobody waits for it any more.</summary>
    internal bool HasEnded { get; private set; }

    internal void Start()
    {
        if (!ContentLength.TryRead(Variables, out long length))
        {
            Body.Complete();
            Fail(new Fault(400, "CONTENT_LENGTH is no number", "let the web server send digits") { ExitCode = ExitCode.PeerError });
            return;
        }
        // Without a length there is no body (RFC 3875 section 4.1.2), except that Apache passes on a chunked one until its end.
        bool isChunked = Variables.TryGet("HTTP_TRANSFER_ENCODING"u8, out _);
        BodyLength = length == ContentLength.Unknown && !isChunked ? 0 : length;
        if (BodyLength == 0)
            Body.Complete();
        Server.Options.Responder.Start(this, connection: -1);
    }

    internal override void Advance() => Answer?.Advance();

    /// <summary>Takes in a part of the body. Writing never leaves anything to wait for.</summary>
    internal override unsafe void Wait()
    {
        if (_drainUntil != long.MaxValue && !Libc.WaitReadable(_input, (int)Math.Max(0, _drainUntil - Libc.Milliseconds())))
        {
            IsDrainOver = true;
            Advance();
            return;
        }
        Span<byte> room = Server.Scratch;
        long missing = BodyLength == ContentLength.Unknown ? long.MaxValue : BodyLength - Body.Received;
        nint count = Body.IsComplete ? 0 : Libc.ReadWaiting(_input, room[..(int)Math.Min(room.Length, missing)]);
        if (count <= 0)
        {
            if (!Body.IsComplete && BodyLength != ContentLength.Unknown)
            {
                // Half a body must not be taken for all of it.
                Answer?.Abandon(StopReason.PeerGone);
                HasEnded = true;
                return;
            }
            Body.Complete();
        }
        else if (!Body.Add(room[..(int)count]))
        {
            Answer?.Abandon(StopReason.Refused);
            Fail(BodySpool.NoRoom());
        }
        if (Body.Received == BodyLength)
            Body.Complete();
        if (BodyLength == ContentLength.Unknown && !Body.IsComplete && Body.Received > Server.Options.Limits.BodySize)
        {
            Answer?.Abandon(StopReason.Refused);
            Fail(new Fault(413, "the request's body is larger than ShimOptions.MaxBodySize allows", "raise it, or let the web server refuse such bodies"));
        }
        Advance();
    }

    internal override int Write(ReadOnlySpan<byte> output)
    {
        nint count = Libc.WriteWaiting(_output, output);
        if (count > 0)
        {
            HasAnswerLeft = true;
            return (int)count;
        }
        if (Libc.Errno != Errno.EINTR)
        {
            HasEnded = true;
            Answer?.Abandon(StopReason.PeerGone);
        }
        return 0;
    }

    /// <summary>Nothing that a handler writes is in a pipe.</summary>
    internal override SpliceResult Splice(int pipe, long most, out int moved) => (SpliceResult)(moved = 0);

    /// <summary>Nobody would look at the log again: there is no loop.</summary>
    internal override bool CanTakeErrors => true;

    internal override void WriteError(ReadOnlySpan<byte> lines) => Log.WriteScriptOutput(lines);

    internal override void End(int exitCode) => HasEnded = true;

    /// <summary>CGI has no way to say that an answer broke off, except that the program does not end well.</summary>
    internal override void Break() => Libc.EndOwnProcess();

    internal override void StartDrain()
    {
        if (!MaySend && _drainUntil == long.MaxValue)
            _drainUntil = Libc.Milliseconds() + Limits.DrainTime;
    }
}

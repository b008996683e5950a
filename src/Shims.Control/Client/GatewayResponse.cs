using Shims.Cgi;
using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>A response whose header has come, or that ended before; its body is still to be read.</summary>
internal sealed class GatewayResponse : IAsyncDisposable
{
    /// <summary>The longest header that is taken: eight times what any web server takes.</summary>
    internal const int MaxHead = 256 * 1024;

    /// <summary>How long a command may go on after its response, before nobody waits to see how it ends.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly GatewayConnection _connection;
    private readonly ResponseReader _reader;
    private readonly ErrorOutput _errors;
    private readonly CancellationTokenSource _sendingEnds = new();
    private readonly bool _isForHead;
    private ReadOnlyMemory<byte> _received;
    private PeerFault? _fault;

    internal GatewayResponse(GatewayConnection connection, ResponseReader reader, ErrorOutput errors, ResponseTimes times, bool isForHead)
    {
        (_connection, _reader, _errors, Times, _isForHead) = (connection, reader, errors, times, isForHead);
    }

    /// <summary>Null if the response ended before its header was complete.</summary>
    internal GatewayResponseHead? Head { get; private set; }

    /// <summary>What came where a header should have come; empty if that was complete.</summary>
    internal byte[] Unfinished { get; private set; } = [];

    internal ResponseTimes Times { get; }

    /// <summary>Bytes of body read so far.</summary>
    internal long BodyLength { get; private set; }

    /// <summary>How it ended; Open until the body has been read.</summary>
    internal ResponseEnd End { get; private set; }

    /// <summary>What is wrong with it, known when it has ended; null if nothing is.</summary>
    internal PeerFault? Fault => _fault ?? (Head?.Fault is { } fault ? new PeerFault($"a web server would not take this header: {fault}", "correct the script") : null);

    /// <summary>FCGI_STDERR, or what a command wrote to its descriptor 2. Complete when the response has ended.</summary>
    internal string StandardError => _errors.Text;

    /// <summary>FastCGI: the script's exit code and how the request ended for the protocol; null if that has not come.</summary>
    internal EndRequestBody? EndRequest => (_reader as FastCgiResponseReader)?.EndRequest;

    /// <summary>How the command ended; null if there is none, or it still runs.</summary>
    internal ExitStatus? CommandStatus => _connection.Command?.Ended is { IsCompletedSuccessfully: true } ended ? ended.Result : null;

    /// <summary>Waits a moment for the end of the command, which follows that of its response.</summary>
    /// <returns>How it ended, or over FastCGI how the script did; null if neither is known.</returns>
    internal async Task<ExitStatus?> AwaitExitAsync(TimeSpan limit)
    {
        if (_connection.Command?.Ended is { } ended)
            await Task.WhenAny(ended, Task.Delay(limit));
        return EndRequest is { ApplicationStatus: not 0 } end ? ExitStatus.OfCode(end.ApplicationStatus) : CommandStatus;
    }

    /// <summary>Ends when the request has been sent, or will not be any further. It does not fail unless the body could not be read.</summary>
    internal Task Sending { get; private set; } = Task.CompletedTask;

    internal void StartSending(Func<CancellationToken, Task> send) => Sending = send(_sendingEnds.Token);

    /// <summary>Waits for the header.</summary>
    internal async Task ReadHeadAsync(CancellationToken cancellation)
    {
        var bytes = new byte[8192];
        int length = 0, size = 0;
        while (true)
        {
            if (length == bytes.Length)
                Array.Resize(ref bytes, 2 * length);
            int count = await _reader.ReadAsync(bytes.AsMemory(length), cancellation);
            length += count;
            if (ResponseHead.TryFindEnd(bytes.AsSpan(0, length), out size))
                break;
            if (count > 0 && length < MaxHead)
                continue;
            Unfinished = bytes[..length];
            await FinishAsync(count > 0 ? (ResponseEnd.Malformed, ResponseFaults.HeadTooLong) : EndWithoutHead(bytes.AsSpan(0, length)), cancellation);
            return;
        }
        Times.Head = Times.Elapsed;
        Head = GatewayResponseHead.Read(bytes.AsSpan(0, size));
        _received = bytes.AsMemory(size, length - size);
    }

    /// <summary>Reads the next bytes of the body.</summary>
    /// <returns>0 at its end, however it came.</returns>
    internal async ValueTask<int> ReadBodyAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        if (End != ResponseEnd.Open)
            return 0;
        int count = Math.Min(_received.Length, destination.Length);
        if (count > 0)
        {
            _received[..count].CopyTo(destination);
            _received = _received[count..];
        }
        else
        {
            count = await _reader.ReadAsync(destination, cancellation);
        }
        BodyLength += count;
        if (count == 0)
            await FinishAsync(EndOfBody(), cancellation);
        return count;
    }

    /// <summary>Reads the rest of the body.</summary>
    internal async Task<byte[]> ReadToEndAsync(CancellationToken cancellation)
    {
        var body = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int count; (count = await ReadBodyAsync(buffer, cancellation)) > 0;)
            body.Write(buffer, 0, count);
        return body.ToArray();
    }

    /// <summary>Closes the connection; a command whose response has not been read to its end is asked to end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (End == ResponseEnd.Open)
            _connection.Command?.Stop();
        await _sendingEnds.CancelAsync();
        _connection.Dispose();
        // What was left of the request has nobody to go to; whether its body could be read, Sending tells.
        await Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sendingEnds.Dispose();
    }

    private (ResponseEnd, PeerFault?) EndWithoutHead(ReadOnlySpan<byte> received)
    {
        if (_reader.End is not (ResponseEnd.Clean or ResponseEnd.Early) || (received.IsEmpty && _reader.End == ResponseEnd.Early))
            return (_reader.End, _reader.Fault);
        // END_REQUEST may say that all is well with a response that is none.
        return (ResponseEnd.Early, !received.IsEmpty ? ResponseFaults.HeadUnfinished : EndRequest is null ? ResponseFaults.Silent : ResponseFaults.Empty);
    }

    private (ResponseEnd, PeerFault?) EndOfBody()
    {
        if (_reader.End == ResponseEnd.Clean && !_isForHead && !Head!.HasNoBody && Head.ContentLength is { } announced && BodyLength < announced)
            return (ResponseEnd.Early, ResponseFaults.TooShort(announced, BodyLength));
        // RFC 9110 section 8.6: a web server sends the first bytes and drops the rest.
        if (_reader.End == ResponseEnd.Clean && !Head!.HasNoBody && Head.ContentLength is { } length && BodyLength > length && Head.Find("Transfer-Encoding") is null)
            return (ResponseEnd.Malformed, ResponseFaults.TooLong(length, BodyLength));
        return (_reader.End, _reader.Fault);
    }

    private async Task FinishAsync((ResponseEnd End, PeerFault? Fault) how, CancellationToken cancellation)
    {
        (End, _fault) = how;
        // Sending may have been told of the reset that reading would have been told of.
        if (End == ResponseEnd.Clean && _connection.IsReset)
            (End, _fault) = (ResponseEnd.Reset, ResponseFaults.Reset);
        if (_connection.Command is not { } command)
            return;
        // What it says on the side should be complete, unless it goes on as something else, or has left somebody behind.
        _connection.Dispose();
        await Task.WhenAny(command.Ended, Task.Delay(s_patience, cancellation));
        if (Head is null && Unfinished.Length == 0 && (_fault == ResponseFaults.Silent || _fault == ResponseFaults.Reset) && CommandStatus is { } status)
            _fault = ResponseFaults.SilentCommand(status);
    }
}

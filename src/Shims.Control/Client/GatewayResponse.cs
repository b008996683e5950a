using Shims.Cgi;
using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>A response of a gateway, from its header on. It may have ended before its header did.</summary>
internal sealed class GatewayResponse : IAsyncDisposable
{
    /// <summary>The longest header that is accepted: eight times the limit of any web server.</summary>
    internal const int MaxHead = 256 * 1024;

    /// <summary>The longest wait for the end of a command after its response.</summary>
    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(2);

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

    /// <summary>The header; null if the response ended before it was complete.</summary>
    internal GatewayResponseHead? Head { get; private set; }

    /// <summary>The bytes of an incomplete header; empty if it is complete.</summary>
    internal byte[] Unfinished { get; private set; } = [];

    internal ResponseTimes Times { get; }

    /// <summary>Number of bytes of the body read so far.</summary>
    internal long BodyLength { get; private set; }

    /// <summary>The end of the response; Open until the body has been read.</summary>
    internal ResponseEnd End { get; private set; }

    /// <summary>The fault of the response, known at its end; null if there is none.</summary>
    internal PeerFault? Fault =>
        _fault ?? (Head?.Fault is { } fault ? new PeerFault($"web servers refuse this header: {fault}", "correct the script") : null);

    /// <summary>FCGI_STDERR, or the standard error of a command. Complete at the end of the response.</summary>
    internal string StandardError => _errors.Text;

    /// <summary>FastCGI: END_REQUEST, with the script's exit status; null until it has arrived.</summary>
    internal EndRequestBody? EndRequest => (_reader as FastCgiResponseReader)?.EndRequest;

    /// <summary>The exit status of the command; null if there is none, or it still runs.</summary>
    internal ExitStatus? CommandStatus => _connection.Command?.Ended is { IsCompletedSuccessfully: true } ended ? ended.Result : null;

    /// <summary>Waits for the end of the command, which follows the end of its response.</summary>
    /// <returns>Its exit status, or that of the script over FastCGI; null if neither is known.</returns>
    internal async Task<ExitStatus?> AwaitExitAsync(TimeSpan limit)
    {
        if (_connection.Command?.Ended is { } ended)
            await Task.WhenAny(ended, Task.Delay(limit));
        return EndRequest is { ApplicationStatus: not 0 } end ? ExitStatus.OfCode(end.ApplicationStatus) : CommandStatus;
    }

    /// <summary>Completed when the request has been sent, as far as the gateway receives it. It fails only if the body could not be
    /// read.</summary>
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
            await FinishAsync(count > 0 ? (ResponseEnd.Malformed, ResponseFaults.HeadTooLong)
                : EndWithoutHead(bytes.AsSpan(0, length)), cancellation);
            return;
        }
        Times.Head = Times.Elapsed;
        Head = GatewayResponseHead.Read(bytes.AsSpan(0, size), _reader.MayHaveStatusLine);
        _received = bytes.AsMemory(size, length - size);
    }

    /// <summary>Reads the next bytes of the body.</summary>
    /// <returns>Their number; 0 at the end, whether the response is complete or not.</returns>
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

    /// <summary>Closes the connection, and terminates a command whose response has not been read to its end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (End == ResponseEnd.Open)
            _connection.Command?.Stop();
        await _sendingEnds.CancelAsync();
        _connection.Dispose();
        // The rest of the request is dropped. Sending still tells whether its body could be read.
        await Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sendingEnds.Dispose();
    }

    private (ResponseEnd, PeerFault?) EndWithoutHead(ReadOnlySpan<byte> received)
    {
        if (_reader.End is not (ResponseEnd.Clean or ResponseEnd.Early) || (received.IsEmpty && _reader.End == ResponseEnd.Early))
            return (_reader.End, _reader.Fault);
        // END_REQUEST and END_RESPONSE may report success although there is no response.
        return (ResponseEnd.Early, !received.IsEmpty ? ResponseFaults.HeadUnfinished
            : !_reader.HasEndMark ? ResponseFaults.NoResponse
            : ResponseFaults.Empty);
    }

    private (ResponseEnd, PeerFault?) EndOfBody()
    {
        if (_reader.End != ResponseEnd.Clean || _isForHead || Head!.HasNoBody || Head.ContentLength is not { } announced)
            return (_reader.End, _reader.Fault);
        if (BodyLength < announced)
            return (ResponseEnd.Early, ResponseFaults.TooShort(announced, BodyLength));
        // RFC 9110 section 8.6: a web server sends the first bytes and drops the rest.
        if (BodyLength > announced && Head.Find("Transfer-Encoding") is null)
            return (ResponseEnd.Malformed, ResponseFaults.TooLong(announced, BodyLength));
        return (_reader.End, _reader.Fault);
    }

    private async Task FinishAsync((ResponseEnd End, PeerFault? Fault) end, CancellationToken cancellation)
    {
        (End, _fault) = end;
        // A reset is reported once, and the send may have been the one to see it.
        if (End == ResponseEnd.Clean && _connection.IsReset)
            (End, _fault) = (ResponseEnd.Reset, ResponseFaults.Reset);
        if (_connection.Command is not { } command)
            return;
        // Wait briefly for the command to exit, so that its standard error is complete. It may have daemonized or left children.
        _connection.Dispose();
        await Task.WhenAny(command.Ended, Task.Delay(s_exitLimit, cancellation));
        if (Head is null && Unfinished.Length == 0 && (_fault == ResponseFaults.NoResponse || _fault == ResponseFaults.Reset)
            && CommandStatus is { } status)
        {
            _fault = ResponseFaults.NoResponseOf(status);
        }
    }
}

using System.Text;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>The STDERR stream of a request: its script's errors, and our log lines about it, on their way into the web server's log.</summary>
/// <remarks>
/// Nothing goes out before the header of the response. It would take up the buffer that web servers have for the header: nginx then answers 502 ("upstream sent too big
/// header"), with 4 KiB of warnings by default.
/// </remarks>
internal sealed class ErrorStream(RecordQueue output, ushort requestId)
{
    /// <summary>Bytes in one record: small enough for every web server's buffer.</summary>
    private const int LargestRecord = 4096;

    private NativeBuffer? _held;
    private byte[] _heldReport = [];
    private bool _hasHeaderLeft;
    private bool _isUsed;

    /// <summary>True if nothing goes into the stream, and our own log has it all.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>True if there is room for more.</summary>
    internal bool HasRoom => !IsClosed && _hasHeaderLeft ? output.HasRoom : (!IsClosed && _held is null or { Free: > 0 }) || !Log.IsFull;

    /// <summary>Takes what the script has written.</summary>
    /// <param name="lines">What it has written.</param>
    /// <param name="log">Takes what has no room here.</param>
    internal void Write(ReadOnlySpan<byte> lines, ScriptLog log)
    {
        if (_hasHeaderLeft && !IsClosed)
        {
            WriteRecords(lines);
            return;
        }
        if (!IsClosed)
            lines = lines[(_held ??= new NativeBuffer(Limits.HeldErrors)).Add(lines)..];
        if (!lines.IsEmpty)
            log.Write(lines);
    }

    /// <summary>Takes a line of our own, which is in our log already.</summary>
    internal void Report(string line)
    {
        if (IsClosed)
            return;
        byte[] bytes = Encoding.UTF8.GetBytes(PrintableText.Of(line) + "\n");
        if (_hasHeaderLeft)
            WriteRecords(bytes);
        else
            _heldReport = [.. _heldReport, .. bytes];
    }

    /// <summary>The header of the response has been queued.</summary>
    internal void OnHeaderLeft()
    {
        if (_hasHeaderLeft)
            return;
        _hasHeaderLeft = true;
        if (_held is not null)
            WriteRecords(_held.Bytes);
        _held?.Dispose();
        WriteRecords(_heldReport);
    }

    /// <summary>The response has ended. A stream that was used wants an end: FastCGI 1.0 section 3.3.</summary>
    internal void End()
    {
        if (_isUsed)
            output.Write(RecordType.Stderr, requestId, default);
    }

    /// <summary>
    /// Nothing more goes to the web server. If it left before a header could go out, the log takes what the script said; our own line is in
    /// it already.
    /// </summary>
    internal void Close(Exchange exchange)
    {
        if (_held is { IsEmpty: false })
            exchange.ErrorLog.Write(_held.Bytes);
        _held?.Dispose();
    }

    private void WriteRecords(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            int count = Math.Min(lines.Length, LargestRecord);
            // Whole lines, where there are any, since each record becomes an entry of the web server's log.
            if (count < lines.Length && lines[..count].LastIndexOf((byte)'\n') is >= 0 and int end)
                count = end + 1;
            _isUsed = true;
            output.Write(RecordType.Stderr, requestId, lines[..count]);
            lines = lines[count..];
        }
    }
}

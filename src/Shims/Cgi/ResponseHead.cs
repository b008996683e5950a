using System.Buffers;
using System.Buffers.Text;

namespace Shims.Cgi;

/// <summary>The header of a CGI response, made safe for a web server: a Status line first, CRLF at each end, nothing in it that is not a header.</summary>
/// <remarks>
/// RFC 3875 section 6. Web servers pass on what looks like a header to them, so bytes that could be read in two ways (a lone CR, a NUL, a
/// continuation line) make the whole response a fault and are never repaired: fcgiwrap turns a lone CR into CRLF, and so text into a header (CVE-2023-38709's kind).
/// </remarks>
internal sealed class ResponseHead
{
    /// <summary>More lines than any script means to send.</summary>
    internal const int MaxLines = 1000;

    private readonly ArrayBufferWriter<byte> _lines = new(128);
    private byte[]? _location;
    private byte[]? _contentLength;
    private Range _lengthLine = 0..0;
    private string? _statusLine;
    private int _count;
    private bool _hasRequestId;

    private ResponseHead()
    {
    }

    /// <summary>The status code, 200 to 999.</summary>
    internal int Status { get; private set; } = 200;

    /// <summary>Bytes of body that the script has announced, or null. A chunked body has no other length: RFC 9112 section 6.3.</summary>
    internal long? ContentLength => _contentLength is not null && !IsChunked && Utf8Parser.TryParse(_contentLength, out long length, out _) ? length : null; // long.TryParse would ask for a culture

    /// <summary>True if the script says that it has chunked its body itself.</summary>
    internal bool IsChunked { get; private set; }

    /// <summary>True if a response with this status has no body whatever follows. RFC 9110 section 6.4.1.</summary>
    internal bool HasNoBody => Status is 204 or 304;

    /// <summary>Finds the end of the header block: an empty line.</summary>
    /// <param name="output">The script's output so far.</param>
    /// <param name="size">Bytes up to and with the empty line.</param>
    /// <returns>False if it is not there yet.</returns>
    internal static bool TryFindEnd(ReadOnlySpan<byte> output, out int size)
    {
        size = 0;
        while (true)
        {
            int lineEnd = output[size..].IndexOf((byte)'\n');
            if (lineEnd < 0)
                return false;
            ReadOnlySpan<byte> line = output.Slice(size, lineEnd);
            size += lineEnd + 1;
            if (line.IsEmpty || line.SequenceEqual("\r"u8))
                return true;
        }
    }

    /// <summary>Reads a header block.</summary>
    /// <param name="block">The block with the empty line at its end.</param>
    /// <param name="fault">Its fault, as the end of a sentence; null if it is right.</param>
    internal static ResponseHead Read(ReadOnlySpan<byte> block, out string? fault)
    {
        var head = new ResponseHead();
        fault = null;
        while (fault is null)
        {
            ReadOnlySpan<byte> line = ResponseLine.Take(ref block);
            if (line.IsEmpty)
                break;
            fault = head.AddLine(line);
        }
        if (head._count == 0)
            fault = "its header is empty";
        return head;
    }

    /// <summary>The header of a response whose status is known.</summary>
    /// <param name="status">The code.</param>
    /// <param name="reason">The reason phrase; null for the usual one.</param>
    internal static ResponseHead For(int status, string? reason = null)
    {
        var head = new ResponseHead { _count = 1 };
        head.SetStatus(status, reason ?? ReasonPhrases.Of(status));
        return head;
    }

    /// <summary>Adds a header, by the rules that hold for a script's.</summary>
    /// <param name="name">A token.</param>
    /// <param name="value">Goes out as UTF-8.</param>
    /// <returns>As the fault of <see cref="Read"/>.</returns>
    internal string? Add(string name, string value)
    {
        const int small = 256;
        int most = System.Text.Encoding.UTF8.GetMaxByteCount(name.Length + value.Length) + 1;
        Span<byte> line = most <= small ? stackalloc byte[small] : new byte[most];
        int length = System.Text.Encoding.UTF8.GetBytes(name, line);
        line[length++] = (byte)':';
        length += System.Text.Encoding.UTF8.GetBytes(value, line[length..]);
        return AddLine(line[..length]);
    }

    /// <summary>The header as it goes to a web server that takes CGI's.</summary>
    /// <param name="requestId">Goes out as a header of its own, unless the script has said one; null for none.</param>
    internal byte[] ToBytes(string? requestId = null) => Encode("Status: "u8, _statusLine ?? UsualStatus, leavesLengthOut: IsChunked, requestId);

    /// <summary>The header as it goes to a web server that takes HTTP's, and passes it on as it is. RFC 9112 section 4.</summary>
    /// <param name="requestId">As for <see cref="ToBytes"/>.</param>
    internal byte[] ToHttp(string? requestId = null)
    {
        // RFC 9110 section 8.6: no Content-Length with a 204.
        string status = _statusLine is { } own && System.Text.Ascii.IsValid(own) && own.Length > "200 ".Length ? own
            : _statusLine is null ? UsualStatus : $"{Status.ToString((IFormatProvider?)null)} {ReasonPhrases.Of(Status)}";
        return Encode("HTTP/1.1 "u8, status, leavesLengthOut: IsChunked || Status == 204, requestId);
    }

    // A Location alone is a redirect to the client (section 6.2.3), which mod_proxy_fcgi, Caddy and h2o do not know, or to the server
    // itself (section 6.2.2), which every web server does otherwise: saying 302 makes all of them do the same.
    private string UsualStatus => _location is null ? "200 OK" : "302 Found";

    private byte[] Encode(ReadOnlySpan<byte> before, string status, bool leavesLengthOut, string? requestId)
    {
        ReadOnlySpan<byte> lines = _lines.WrittenSpan, rest = default;
        if (leavesLengthOut)
        {
            rest = lines[_lengthLine.End.Value..];
            lines = lines[.._lengthLine.Start.Value];
        }
        return [.. before, .. System.Text.Encoding.Latin1.GetBytes(status), .. "\r\n"u8, .. lines, .. rest, .. RequestIdLine(requestId), .. "\r\n"u8];
    }

    /// <summary>Describes a line that has no name and colon.</summary>
    internal static string NotAHeaderLine(ReadOnlySpan<byte> line)
    {
        bool isMarked = line.StartsWith("\uFEFF"u8);
        ReadOnlySpan<byte> rest = isMarked ? line["\uFEFF"u8.Length..] : line;
        return $"not a header line: {(isMarked ? "a byte order mark before " : "")}\"{Diagnostics.PrintableText.Of(rest[..Math.Min(rest.Length, 60)])}\"";
    }

    private string? AddLine(ReadOnlySpan<byte> line)
    {
        if (++_count > MaxLines)
            return $"its header has more than {MaxLines} lines";
        ResponseLineKind kind = ResponseLine.Read(line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
        if (kind == ResponseLineKind.Ambiguous)
            return "its header contains a control character inside a line";
        if (_count == 1 && line.StartsWith("HTTP/"u8))
            return SetStatus(line.IndexOf((byte)' ') is > 0 and int space ? line[(space + 1)..] : default);
        if (kind == ResponseLineKind.NoHeader)
            return NotAHeaderLine(line);
        if (kind == ResponseLineKind.Status)
            return SetStatus(value);
        if (kind == ResponseLineKind.ContentLength)
            return SetContentLength(name, value);
        if (kind == ResponseLineKind.Location)
            SetLocation(value);
        if (kind == ResponseLineKind.TransferEncoding)
        {
            IsChunked = ResponseLine.IsChunked(value);
            return null;
        }
        _hasRequestId |= kind == ResponseLineKind.RequestId;
        if (kind != ResponseLineKind.HopByHop)
            Append(name, value);
        return null;
    }

    private byte[] RequestIdLine(string? requestId) => requestId is null || _hasRequestId ? []
        : [.. "X-Request-Id: "u8, .. System.Text.Encoding.ASCII.GetBytes(requestId), .. "\r\n"u8];

    private string? SetStatus(ReadOnlySpan<byte> value)
    {
        int code = ResponseLine.StatusOf(value);
        if (code == 0)
            return "its Status is not a number from 200 to 999";
        SetStatus(code, value.Length > 4 ? System.Text.Encoding.Latin1.GetString(value[4..]) : ReasonPhrases.Of(code));
        return null;
    }

    private void SetStatus(int code, string reason)
    {
        Status = code;
        _statusLine = $"{code.ToString((IFormatProvider?)null)} {reason}"; // a number among the holes would set up the pool of arrays
    }

    /// <summary>Two equal lengths are one; two different ones are how smuggling begins. RFC 9112 section 6.3.</summary>
    private string? SetContentLength(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!ResponseLine.IsNumber(value))
            return "its Content-Length is not a number";
        if (value.Length > ResponseLine.MaxLengthDigits)
            return $"its Content-Length has more than {ResponseLine.MaxLengthDigits} digits";
        if (_contentLength is not null && !value.SequenceEqual(_contentLength))
            return "it has two different Content-Lengths";
        if (_contentLength is null)
        {
            int start = _lines.WrittenCount;
            Append(name, value);
            _lengthLine = start.._lines.WrittenCount;
        }
        _contentLength = value.ToArray();
        return null;
    }

    private void SetLocation(ReadOnlySpan<byte> value)
    {
        _location = value.ToArray();
        if (_statusLine is null)
            Status = 302;
    }

    private void Append(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _lines.Write(name);
        _lines.Write(": "u8);
        _lines.Write(value);
        _lines.Write("\r\n"u8);
    }
}

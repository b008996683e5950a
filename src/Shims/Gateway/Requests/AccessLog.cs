using System.Globalization;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>
/// <c>--access-log</c>: one line a request, in the combined format of web servers with script, milliseconds, exit status and request id
/// after it; or the same as JSON.
/// </summary>
/// <remarks><code>
///   192.0.2.7 - alice [30/Nov/2026:07:08:09 +0000] "GET /cgi-bin/a.cgi?b=c HTTP/1.1" 200 1234 "-" "curl/8.5" "/srv/cgi-bin/a.cgi" 12 0 3f9a1c07
/// </code></remarks>
internal sealed class AccessLog
{
    private readonly GatewayOptions _options;
    private readonly LogOutput? _output;

    /// <summary>Opens it. Requests are served without it if that is not possible.</summary>
    internal AccessLog(GatewayOptions options)
    {
        _options = options;
        if (Place == LogPlace.Inherited)
            return;
        int descriptor = Open();
        if (descriptor < 0)
            Log.WriteLine($"cannot write to the log --access-log {Place}: {LogPlace.CureFor(Place, Libc.Errno)}");
        else
            _output = new LogOutput(descriptor, () => Place == LogPlace.Syslog, text => Encode(Log.Line(null, text)));
    }

    private string Place => _options.AccessLog!;

    private bool IsSyslog => _output is null ? StandardError.IsSyslog : Place == LogPlace.Syslog;

    /// <summary>Opens it anew, as it has been renamed.</summary>
    internal void Reopen()
    {
        int reason = 0;
        if (_output?.Reopen(TryAgain) == false)
            Log.WriteLine(LogPlace.CannotReopen(Place, reason));

        int TryAgain()
        {
            int descriptor = Open();
            reason = Libc.Errno;
            return descriptor;
        }
    }

    /// <summary>The process is about to end.</summary>
    internal void Finish() => _output?.Finish();

    /// <summary>Writes the line of a request that is over.</summary>
    /// <param name="entry">What has been collected.</param>
    /// <param name="request">Its variables, as far as they have come.</param>
    /// <param name="plan">The program that was started.</param>
    /// <param name="requestId">Its id.</param>
    /// <param name="now">Milliseconds, on the loop's clock.</param>
    internal unsafe void Write(AccessEntry entry, CgiVariables request, in LaunchPlan plan, string requestId, long now)
    {
        ReadOnlySpan<byte> script = plan.Path == null ? default : new ReadOnlySpan<byte>(plan.Path, Libc.LengthOf(plan.Path));
        byte[] line = Encode(_options.LogFormat == LogFormat.Json
            ? JsonOf(entry, request, script, requestId, now)
            : TextOf(entry, request, script, requestId, now));
        if (_output is not null)
            _output.Write(line);
        else if (Place == LogPlace.Inherited)
            Log.WriteAsIs(line);
    }

    private int Open() => Place switch
    {
        LogPlace.Journal => LogSocket.OpenJournal(Encoding.ASCII.GetBytes(_options.Program), "\n\n6\n0\n0\n0\n0\n"u8),
        LogPlace.Syslog => LogSocket.OpenSyslog(),
        string file => StandardError.OpenFile(Encoding.UTF8.GetBytes(file + "\0")),
    };

    /// <summary>The bytes of a whole line. RFC 3164 section 4.1.1: facility daemon, severity informational.</summary>
    private byte[] Encode(string line) => Encoding.UTF8.GetBytes(IsSyslog ? $"<30>{Log.Prefix}{line}" : line + "\n");

    private static string TextOf(AccessEntry entry, CgiVariables request, ReadOnlySpan<byte> script, string requestId, long now)
    {
        var line = new StringBuilder();
        Field(line, request.Get("REMOTE_ADDR"u8));
        line.Append(" - ");
        Field(line, request.Get("REMOTE_USER"u8));
        line.Append(TimeOf(entry).ToString(" '['dd/MMM/yyyy:HH:mm:ss +0000'] \"'", CultureInfo.InvariantCulture));
        Quoted(line, request.Get("REQUEST_METHOD"u8));
        line.Append(' ');
        Quoted(line, UrlOf(request));
        line.Append(' ');
        Quoted(line, request.Get("SERVER_PROTOCOL"u8));
        line.Append("\" ").Append(Number(entry.Status)).Append(' ').Append(Number(entry.Bytes)).Append(" \"");
        Quoted(line, request.Get("HTTP_REFERER"u8));
        line.Append("\" \"");
        Quoted(line, request.Get("HTTP_USER_AGENT"u8));
        line.Append("\" \"");
        Quoted(line, script);
        return line.Append("\" ").Append(Number(now - entry.Begun))
            .Append(' ').Append(entry.End is { IsUnknown: false } end ? Number(end.Code) : "-")
            .Append(' ').Append(requestId).ToString();
    }

    private static string JsonOf(AccessEntry entry, CgiVariables request, ReadOnlySpan<byte> script, string requestId, long now) =>
        Log.Begin("access", requestId, TimeOf(entry))
            .Add("remote", Text(request.Get("REMOTE_ADDR"u8)))
            .Add("user", Text(request.Get("REMOTE_USER"u8)))
            .Add("method", Text(request.Get("REQUEST_METHOD"u8)))
            .Add("uri", Text(UrlOf(request)))
            .Add("protocol", Text(request.Get("SERVER_PROTOCOL"u8)))
            .Add("status", entry.Status)
            .Add("bytes", entry.Bytes)
            .Add("referer", Text(request.Get("HTTP_REFERER"u8)))
            .Add("agent", Text(request.Get("HTTP_USER_AGENT"u8)))
            .Add("script", Text(script))
            .Add("ms", now - entry.Begun)
            .Add("exit", entry.End is { IsUnknown: false } end ? end.Code : null)
            .ToString();

    private static DateTime TimeOf(AccessEntry entry) => DateTime.UnixEpoch.AddMilliseconds(entry.Time);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Path and query as the browser sent them.</summary>
    private static ReadOnlySpan<byte> UrlOf(CgiVariables request)
    {
        ReadOnlySpan<byte> url = request.Get("REQUEST_URI"u8), query = request.Get("QUERY_STRING"u8);
        if (!url.IsEmpty)
            return url;
        ReadOnlySpan<byte> question = query.IsEmpty ? default : "?"u8;
        return (byte[])[.. request.Get("SCRIPT_NAME"u8), .. request.Get("PATH_INFO"u8), .. question, .. query];
    }

    private static string? Text(ReadOnlySpan<byte> field) =>
        field.IsEmpty ? null : Encoding.UTF8.GetString(field[..Math.Min(field.Length, Limits.AccessField)]);

    /// <summary>A field that ends with a blank.</summary>
    private static void Field(StringBuilder line, ReadOnlySpan<byte> field) => Escape(line, field, (byte)' ');

    /// <summary>A field that ends with a quotation mark.</summary>
    private static void Quoted(StringBuilder line, ReadOnlySpan<byte> field) => Escape(line, field, (byte)'"');

    /// <summary>As nginx has it: what ends a field or a line, and what a terminal obeys, is written in hexadecimal.</summary>
    private static void Escape(StringBuilder line, ReadOnlySpan<byte> field, byte end)
    {
        if (field.IsEmpty)
            line.Append('-');
        foreach (byte next in field[..Math.Min(field.Length, Limits.AccessField)])
        {
            if (next is < (byte)' ' or > (byte)'~' or (byte)'\\' || next == end)
                line.Append("\\x").Append(next.ToString("X2", CultureInfo.InvariantCulture));
            else
                line.Append((char)next);
        }
    }
}

using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>The log: one line an event on descriptor 2, wherever <see cref="StandardError"/> has led it.</summary>
internal static class Log
{
    private const int IdSize = 4;

    private static readonly LogOutput s_output = new(2, static () => StandardError.IsSyslog, static text => Encode(Line(null, text)));

    /// <summary>Random bytes for the next ids: one call of the system for 64 of them.</summary>
    private static readonly byte[] s_ids = new byte[64 * IdSize];
    private static int s_nextId = s_ids.Length;

    /// <summary>The program's name, which begins each line.</summary>
    internal static string Program { get; set; } = "shims";

    /// <summary>Takes the descriptor that writing may need, before it is said how many others there may be.</summary>
    internal static void Open() => s_output.Open();

    /// <summary>True if something waits for the log's reader, to be written by <see cref="Flush"/>.</summary>
    internal static bool HasPending => s_output.HasPending;

    /// <summary>True if something waits, and it is too early to give the log's reader up: then what scripts write can stay in their pipes.</summary>
    internal static bool IsFull => s_output.IsFull;

    /// <summary>Writes what waits, as far as there is room.</summary>
    internal static void Flush() => s_output.Flush();

    /// <summary>The process is about to end: waits for a reader that goes on reading.</summary>
    internal static void Finish() => s_output.Finish();

    /// <summary>The form of each line.</summary>
    internal static LogFormat Format { get; set; }

    /// <summary>
    /// True if each line of a script becomes a line of ours, as nothing else notes when and by which program it was written.
    /// </summary>
    internal static bool MarksScriptLines => Format == LogFormat.Json || StandardError.IsSyslog || s_output.IsFile;

    /// <summary>Opens the log anew, and looks afresh at what it is.</summary>
    /// <param name="open">Puts another file on descriptor 2.</param>
    /// <returns>False if that was not possible: then the log stays as it was.</returns>
    internal static bool Reopen(Func<bool> open) => s_output.Reopen(() => open() ? 2 : -1);

    /// <summary>Writes a line about a request.</summary>
    internal static void Write(string requestId, Fault fault)
    {
        if (Format == LogFormat.Text)
            WriteLine(requestId, fault.ToString());
        else
            Write(Begin("failure", requestId, DateTime.UtcNow)
                .Add("status", fault.Status).Add("message", fault.Cause).Add("fix", fault.Cure)
                .Add("stderr", fault.Said).Add("stack", fault.Stack).Add("path", fault.Requested).Add("capsule", fault.Capsule).ToString());
    }

    /// <summary>Writes a line, whatever the text: it stays one line, and does nothing to a terminal.</summary>
    internal static void WriteLine(string text) => Write(Line(null, text));

    /// <summary>Writes a line about a request.</summary>
    internal static void WriteLine(string requestId, string text) => Write(Line(requestId, text));

    /// <summary>Writes whole lines as they are: what a script wrote to its standard error, and the access log.</summary>
    internal static void WriteAsIs(ReadOnlySpan<byte> lines) => s_output.Write(lines);

    /// <summary>Passes on whole lines of a script's standard error, each as a line of ours.</summary>
    internal static void WriteScriptLines(string? requestId, ReadOnlySpan<byte> lines)
    {
        string start = Start(requestId);
        var text = new StringBuilder();
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
                continue;
            if (Format == LogFormat.Json)
                text.Append(Begin("script", requestId, DateTime.UtcNow).Add("message", Encoding.UTF8.GetString(line)));
            else
                text.Append(start).Append(PrintableText.Of(Encoding.UTF8.GetString(line).Replace("\t", "    ", StringComparison.Ordinal)));
            // A datagram is one message.
            if (StandardError.IsSyslog)
            {
                Write(text.ToString());
                text.Clear();
            }
            else
            {
                text.Append('\n');
            }
        }
        if (text.Length > 0)
            s_output.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>A line as it is written, without its end.</summary>
    internal static string Line(string? requestId, string text) => Format == LogFormat.Text
        ? Start(requestId) + PrintableText.Of(text)
        : Begin("message", requestId, DateTime.UtcNow).Add("message", text).ToString();

    /// <summary>
    /// The bytes of a whole line. RFC 3164 section 4.1.1: facility daemon, severity error. A stream has one line a message instead.
    /// </summary>
    internal static byte[] Encode(string line) =>
        Encoding.UTF8.GetBytes(!StandardError.IsSyslog ? line + "\n" : Format == LogFormat.Text ? "<27>" + line : $"<27>{Prefix}{line}");

    /// <summary>The time now, in UTC. RFC 3339.</summary>
    internal static string TimeNow => Rfc3339(DateTime.UtcNow);

    /// <summary>The program and its process, as syslog has them before each message.</summary>
    internal static string Prefix => $"{Program}[{Libc.ProcessId.ToString(CultureInfo.InvariantCulture)}]: ";

    private static string Rfc3339(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Start(string? requestId) => $"{s_output.Time}{Prefix}{(requestId is null ? "" : requestId + ": ")}";

    /// <summary>Begins a line that is JSON.</summary>
    internal static JsonLine Begin(string type, string? requestId, DateTime time) =>
        new JsonLine().Add("time", Rfc3339(time)).Add("type", type)
            .Add("program", Program).Add("pid", Libc.ProcessId).Add("request", requestId);

    private static void Write(string line) => s_output.Write(Encode(line));

    /// <summary>Eight hexadecimal digits that name a request on its error page and in the log.</summary>
    internal static string NewRequestId()
    {
        lock (s_ids)
        {
            if (s_nextId == s_ids.Length)
            {
                Libc.Random(s_ids);
                s_nextId = 0;
            }
            s_nextId += IdSize;
            return Convert.ToHexStringLower(s_ids, s_nextId - IdSize, IdSize);
        }
    }
}

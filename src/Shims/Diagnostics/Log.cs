using System.Text;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>The log: one line an event on descriptor 2, wherever <see cref="StandardError"/> has led it.</summary>
internal static class Log
{
    private const int IdSize = 4;

    private static readonly LogOutput s_output = new();

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

    /// <summary>Writes a line about a request.</summary>
    internal static void Write(string requestId, Fault fault) => WriteLine($"{requestId}: {fault}");

    /// <summary>Writes a line, whatever the text: it stays one line, and does nothing to a terminal.</summary>
    internal static void WriteLine(string text)
    {
        string line = $"{s_output.Time}{Program}[{Libc.ProcessId}]: {PrintableText.Of(text)}";
        // <27>: facility daemon, severity error. RFC 3164 section 4.1.1. A stream has one line a message instead.
        s_output.Write(Encoding.UTF8.GetBytes(StandardError.IsSyslog ? "<27>" + line : line + "\n"));
    }

    /// <summary>Passes on what a script wrote to its standard error: whole lines, so that those of several scripts do not mix.</summary>
    internal static void WriteScriptOutput(ReadOnlySpan<byte> lines)
    {
        if (!StandardError.IsSyslog)
        {
            s_output.Write(lines);
            return;
        }
        foreach (Range range in lines.Split((byte)'\n'))
        {
            if (!lines[range].IsEmpty)
                WriteLine(PrintableText.Of(lines[range]));
        }
    }

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

using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Inetd;

/// <summary>Reads inetd.conf as OpenBSD, NetBSD, FreeBSD, Debian and GNU inetutils have it.</summary>
internal static class InetdReader
{
    /// <summary>Reads what stands in a file.</summary>
    internal static IReadOnlyList<InetdLine> Parse(string text, string path)
    {
        var lines = new List<InetdLine>();
        string? host = null;
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            string line = raw.ToString();
            // A # is a comment at the beginning of a line only; FreeBSD's "#@" lines are about IPsec.
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#')
                continue;
            string[] fields = [.. QuotedWords.Split(line)];
            if (fields is [['@' or '*' or >= '0' and <= '9', .., ':'] only])
                host = only[..^1] is "*" ? null : only[..^1];
            else if (char.IsWhiteSpace(line[0]) && lines is [.., var last])
                lines[^1] = last with { Text = $"{last.Text}\n{line}", Fields = [.. last.Fields, .. fields] };
            else
                lines.Add(new InetdLine(new SourceLocation(path, number), line, fields, host));
        }
        return lines;
    }
}

/// <summary>A line of inetd.conf that is not a comment.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">All of it.</param>
/// <param name="Fields">
/// Its fields, which blanks divide: address, type, protocol, start, user, program, and the program's arguments from argv[0] on.
/// </param>
/// <param name="Host">The address that a line of its own, <c>127.0.0.1:</c>, has set for those that follow; null if none has.</param>
internal sealed record InetdLine(SourceLocation Place, string Text, IReadOnlyList<string> Fields, string? Host)
{
    internal const int ProgramField = 5;

    /// <summary>A field; empty if the line has not so many.</summary>
    internal string this[int index] => index < Fields.Count ? Fields[index] : "";

    internal string Name => this[0];

    internal string SocketType => this[1];

    /// <summary>Without the buffer sizes that may follow it.</summary>
    internal string Protocol => this[2].Split(',')[0];

    internal string Start => this[3];

    internal string UserField => this[4];

    internal string Program => this[ProgramField];

    /// <summary>True if tcpd decides who may connect, and starts the program.</summary>
    internal bool IsWrapped => Path.GetFileName(Program) == "tcpd" && Arguments.Count > 0;

    /// <summary>From argv[0] on.</summary>
    internal IReadOnlyList<string> Arguments => [.. Fields.Skip(ProgramField + 1)];
}

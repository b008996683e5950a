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

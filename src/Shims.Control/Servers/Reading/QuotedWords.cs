namespace Shims.Control.Servers.Reading;

/// <summary>Words that blanks divide, and that may stand in quotes: arguments in inetd.conf (FreeBSD, GNU inetutils) and in systemd's ExecStart.</summary>
internal static class QuotedWords
{
    /// <summary>Divides a line. A quote that nobody closes reaches to the end.</summary>
    internal static IEnumerable<string> Split(string line)
    {
        for (int i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }
            char quote = line[i] is '"' or '\'' ? line[i] : '\0';
            int start = quote == '\0' ? i : i + 1;
            int end = start;
            while (end < line.Length && (quote == '\0' ? !char.IsWhiteSpace(line[end]) : line[end] != quote))
                end++;
            yield return line[start..end];
            i = quote == '\0' ? end : end + 1;
        }
    }
}

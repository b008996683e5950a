using System.Text;

namespace Shims.Control.Servers.Reading;

/// <summary>
/// Words that blanks divide, and that may stand in quotes: what inetd.conf, systemd's ExecStart, Apache, Caddy and HAProxy have on a line.
/// </summary>
internal static class QuotedWords
{
    /// <summary>
    /// Divides a line, and says of each word whether it stood in quotes. A quote that is never closed reaches to the end.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="quotes">The characters that quote; a backslash before one in its own quotes takes its meaning away.</param>
    /// <param name="escapesBlanks">True if a backslash keeps a blank in a word.</param>
    internal static IEnumerable<(string Text, bool IsQuoted)> Read(string line, string quotes = "\"'", bool escapesBlanks = false)
    {
        for (int i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }
            var word = new StringBuilder();
            char quote = quotes.Contains(line[i]) ? line[i++] : '\0';
            while (i < line.Length && (quote == '\0' ? !char.IsWhiteSpace(line[i]) : line[i] != quote))
            {
                bool isEscape = line[i] == '\\' && i + 1 < line.Length;
                if (isEscape && quote != '\0' && line[i + 1] == quote)
                    i++;
                else if (isEscape && quote == '\0' && escapesBlanks)
                    word.Append(line[i++]);
                word.Append(line[i++]);
            }
            if (quote != '\0')
                i++;
            yield return (word.ToString(), quote != '\0');
        }
    }

    /// <summary>The words alone.</summary>
    internal static IEnumerable<string> Split(string line) => Read(line).Select(word => word.Text);
}

/// <summary>The words of each line, for Caddyfiles and HAProxy's configuration, which give a meaning to the ends of lines.</summary>
internal static class LineTokens
{
    /// <summary>The words of each line that has any. A # in front of a word makes the rest of the line a comment.</summary>
    internal static IEnumerable<IReadOnlyList<Token>> Of(string text, string path)
    {
        int number = 0;
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var place = new SourceLocation(path, ++number);
            Token[] words =
            [
                .. QuotedWords.Read(line, "\"`", escapesBlanks: true)
                    .TakeWhile(word => word.IsQuoted || !word.Text.StartsWith('#')).Select(word => new Token(word.Text, place)),
            ];
            if (words.Length > 0)
                yield return words;
        }
    }
}

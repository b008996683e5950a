namespace Shims.Control.Servers.Reading;

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
            Token[] words = [.. SplitWords(line).TakeWhile(word => !word.StartsWith('#')).Select(word => new Token(word.Trim('"', '`'), place))];
            if (words.Length > 0)
                yield return words;
        }
    }

    private static IEnumerable<string> SplitWords(string line)
    {
        for (int i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }
            int start = i;
            char quote = line[i] is '"' or '`' ? line[i++] : '\0';
            while (i < line.Length && (quote == '\0' ? !char.IsWhiteSpace(line[i]) : line[i] != quote))
                i += line[i] == '\\' && i + 1 < line.Length ? 2 : 1;
            i = Math.Min(quote == '\0' ? i : i + 1, line.Length);
            yield return line[start..i];
        }
    }
}

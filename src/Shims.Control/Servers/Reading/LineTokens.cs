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

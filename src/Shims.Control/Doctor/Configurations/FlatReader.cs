namespace Shims.Control.Doctor.Configurations;

/// <summary>Reads Caddyfiles and HAProxy's configuration, which give a meaning to the ends of lines.</summary>
internal static class FlatReader
{
    /// <summary>A Caddyfile: a name and arguments on a line, and a block if the line ends with a brace.</summary>
    internal static IReadOnlyList<Directive> ParseCaddyfile(string text, string path)
    {
        var open = new Stack<(Directive? Opened, List<Directive> Block)>([(null, [])]);
        foreach (IReadOnlyList<Word> line in WordsOf(text, path))
        {
            IReadOnlyList<Word> words = line;
            if (words[0].Text == "}")
            {
                Close(open);
                words = [.. words.Skip(1)];
            }
            if (words.Count == 0)
                continue;
            bool opens = words[^1].Text == "{";
            if (opens)
                words = [.. words.SkipLast(1)];
            // The block of global options has no name.
            var directive = new Directive(words.Count > 0 ? words[0].Text : "", [.. words.Skip(1)], line[0].Place);
            if (opens)
                open.Push((directive, []));
            else
                open.Peek().Block.Add(directive);
        }
        while (open.Count > 1)
            Close(open);
        return open.Pop().Block;
    }

    /// <summary>HAProxy: a section begins with one of a few words, and holds the lines up to the next.</summary>
    internal static IReadOnlyList<Directive> ParseHAProxy(string text, string path)
    {
        var sections = new List<Directive>();
        foreach (IReadOnlyList<Word> words in WordsOf(text, path))
        {
            var directive = new Directive(words[0].Text, [.. words.Skip(1)], words[0].Place);
            if (directive.Name is "global" or "defaults" or "frontend" or "backend" or "listen" or "fcgi-app" or "userlist" or "peers" or "resolvers" or "cache" or "program")
                sections.Add(directive);
            else if (sections.Count > 0)
                sections[^1] = sections[^1] with { Block = [.. sections[^1].Block, directive] };
        }
        return sections;
    }

    private static void Close(Stack<(Directive? Opened, List<Directive> Block)> open)
    {
        if (open.Count == 1)
            return;
        (Directive? opened, List<Directive> block) = open.Pop();
        open.Peek().Block.Add(opened! with { Block = block });
    }

    /// <summary>The words of each line that has any. A # in front of a word makes the rest of the line a comment.</summary>
    private static IEnumerable<IReadOnlyList<Word>> WordsOf(string text, string path)
    {
        int number = 0;
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var place = new Place(path, ++number);
            Word[] words = [.. SplitWords(line).TakeWhile(word => !word.StartsWith('#')).Select(word => new Word(word.Trim('"', '`'), place))];
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

using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Caddy;

/// <summary>Reads a Caddyfile: a name and arguments on a line, and a block if the line ends with a brace.</summary>
internal static class CaddyReader
{
    internal static IReadOnlyList<Directive> Parse(string text, string path)
    {
        var open = new Stack<(Directive? Opened, List<Directive> Block)>([(null, [])]);
        foreach (IReadOnlyList<Token> line in LineTokens.Of(text, path))
        {
            IReadOnlyList<Token> words = line;
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

    private static void Close(Stack<(Directive? Opened, List<Directive> Block)> open)
    {
        if (open.Count == 1)
            return;
        (Directive? opened, List<Directive> block) = open.Pop();
        open.Peek().Block.Add(opened! with { Block = block });
    }
}

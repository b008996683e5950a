using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.HAProxy;

/// <summary>Reads HAProxy's configuration: a section begins with one of a few words, and holds the lines up to the next.</summary>
internal static class HAProxyReader
{
    internal static IReadOnlyList<Directive> Parse(string text, string path)
    {
        var sections = new List<Directive>();
        foreach (IReadOnlyList<Token> words in LineTokens.Of(text, path))
        {
            var directive = new Directive(words[0].Text, [.. words.Skip(1)], words[0].Place);
            if (directive.Name is "global" or "defaults" or "frontend" or "backend" or "listen" or "fcgi-app" or "userlist"
                or "peers" or "resolvers" or "cache" or "program")
                sections.Add(directive);
            else if (sections.Count > 0)
                sections[^1] = sections[^1] with { Block = [.. sections[^1].Block, directive] };
        }
        return sections;
    }
}

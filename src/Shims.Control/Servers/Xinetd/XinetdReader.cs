using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Xinetd;

/// <summary>Reads xinetd's configuration, with everything that it includes.</summary>
/// <remarks>
/// <code>
///   service name
///   {
///       attribute = value value
///   }
/// </code>
/// </remarks>
internal static class XinetdReader
{
    private const int MaxDepth = 8;

    /// <summary>Reads a file and those that it includes.</summary>
    internal static IReadOnlyList<XinetdService> Read(string text, string path) => Parse(text, path, 0);

    /// <summary>Reads what stands in a file, and no others.</summary>
    internal static IReadOnlyList<XinetdService> Parse(string text, string path) => Parse(text, path, MaxDepth);

    private static List<XinetdService> Parse(string text, string path, int depth)
    {
        var services = new List<XinetdService>();
        XinetdService? open = null;
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            string line = raw.Trim().ToString();
            var place = new SourceLocation(path, number);
            if (line.Length == 0 || line[0] == '#' || line == "{")
                continue;
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (line[0] == '}')
                open = Finish(services, open);
            else if (words is ["service", ..] or ["defaults", ..])
            {
                Finish(services, open);
                open = new XinetdService(words.Length > 1 && words[1] != "{" ? words[1] : words[0], place, []);
            }
            else if (open is not null)
                open = open with { Attributes = [.. open.Attributes, .. ToAttribute(line, place)] };
            else if (words is ["include" or "includedir", var included, ..] && depth < MaxDepth)
                services.AddRange(Included(words[0] == "includedir", Path.Combine(Path.GetDirectoryName(path) ?? "/", included), depth));
        }
        Finish(services, open);
        return services;
    }

    private static XinetdService? Finish(List<XinetdService> services, XinetdService? open)
    {
        if (open is not null)
            services.Add(open);
        return null;
    }

    /// <summary>Of a folder, xinetd skips names with a dot and those that end in ~: xinetd.conf(5).</summary>
    private static IEnumerable<XinetdService> Included(bool isFolder, string path, int depth) =>
        (isFolder
            ? IncludePattern.Find(Path.Join(path, "*")).Where(file => !Path.GetFileName(file).AsSpan().ContainsAny('.', '~'))
            : [path])
        .SelectMany(file => Parse(ConfigurationFile.TryRead(file) ?? "", file, depth + 1));

    private static IEnumerable<XinetdAttribute> ToAttribute(string line, SourceLocation place)
    {
        int sign = line.IndexOf('=');
        if (sign < 0)
            yield break;
        string name = line[..sign].TrimEnd('+', '-', ' ', '\t');
        yield return new XinetdAttribute(name, line[(sign + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), place);
    }
}

/// <summary>A <c>service</c> of xinetd's configuration.</summary>
/// <param name="Name">What follows the word service; <c>defaults</c> for the section of that name.</param>
/// <param name="Place">Where it begins.</param>
/// <param name="Attributes">What is set in it, in its order.</param>
internal sealed record XinetdService(string Name, SourceLocation Place, IReadOnlyList<XinetdAttribute> Attributes)
{
    /// <summary>An attribute; of several of one name the last. Null if it is not set.</summary>
    internal XinetdAttribute? this[string name] => Attributes.LastOrDefault(attribute => attribute.Name == name);

    /// <summary>The values of an attribute; none if it is not set.</summary>
    internal IReadOnlyList<string> Values(string name) => this[name]?.Values ?? [];

    /// <summary>The first value of an attribute; null if it is not set.</summary>
    internal string? Value(string name) => Values(name) is [var first, ..] ? first : null;
}

/// <summary><c>name = value value</c> in a service of xinetd.</summary>
internal sealed record XinetdAttribute(string Name, IReadOnlyList<string> Values, SourceLocation Place);

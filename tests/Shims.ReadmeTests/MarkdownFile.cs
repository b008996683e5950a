using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>A document of the repository, as far as the tests have to understand it: headings, code blocks, tables, links.</summary>
internal sealed partial class MarkdownFile
{
    private readonly List<string> _headings = [];
    private readonly List<CodeBlock> _blocks = [];
    private readonly List<(string Section, string Line)> _prose = [];

    private MarkdownFile(string path)
    {
        Path = path;
        string section = "";
        List<string>? block = null;
        string language = "";
        foreach (string line in File.ReadLines(Repository.PathTo(path)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                if (block is not null)
                    _blocks.Add(new CodeBlock(section, language, block));
                block = block is null ? [] : null;
                language = line[3..];
            }
            else if (block is not null)
            {
                block.Add(line);
            }
            else
            {
                if (Heading().Match(line) is { Success: true } heading)
                    _headings.Add(section = heading.Groups[1].Value);
                _prose.Add((section, line));
            }
        }
    }

    /// <summary>The pages that users read: README.md and all of docs/.</summary>
    internal static IReadOnlyList<string> Guides { get; } = ["README.md", .. FilesBelow("docs")];

    /// <summary>All documents of the repository.</summary>
    internal static IReadOnlyList<string> Documents { get; } = [.. FilesIn(".", SearchOption.TopDirectoryOnly), .. FilesBelow("docs"), .. FilesBelow("src")];

    /// <summary>Its path inside the checkout.</summary>
    internal string Path { get; }

    /// <summary>Its first heading.</summary>
    internal string Title => _headings[0];

    internal IReadOnlyList<CodeBlock> Blocks => _blocks;

    /// <summary>Headings as the end of a link names them: lower case, hyphens for spaces, no punctuation.</summary>
    internal IEnumerable<string> Anchors => _headings.Select(heading => NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>Targets of links that lead to this repository.</summary>
    internal IEnumerable<string> InternalLinks => _prose.SelectMany(line => Link().Matches(line.Line)).Select(match => match.Groups[1].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    internal static MarkdownFile Read(string path) => new(path);

    /// <summary>The path inside the checkout to which a link of this document leads.</summary>
    internal string Resolve(string link)
    {
        string path = link.Split('#')[0];
        return path.Length == 0 ? Path : System.IO.Path.GetRelativePath(Repository.Root, System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(Repository.PathTo(Path))!));
    }

    /// <summary>Cells of the table rows of a section, without heads and rulers.</summary>
    internal IEnumerable<string[]> Rows(string section) => _prose
        .Where(line => line.Section == section && line.Line.StartsWith('|'))
        .Select(line => Separator().Split(line.Line.Trim()[1..^1]).Select(cell => cell.Trim()).ToArray())
        .Where(cells => !cells.All(cell => cell.Length == 0 || cell.All(character => character is '-' or ':')));

    private static IEnumerable<string> FilesBelow(string folder) => FilesIn(folder, SearchOption.AllDirectories);

    private static IEnumerable<string> FilesIn(string folder, SearchOption depth) => Directory.EnumerateFiles(Repository.PathTo(folder), "*.md", depth)
        .Select(path => System.IO.Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal);

    [GeneratedRegex("^#+ (.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Separator();
}

using System.Text;
using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Apache;

/// <summary>Reads Apache's configuration, with everything that it includes and the variables that it defines.</summary>
/// <remarks>
/// <code>
///   Name argument "argument" \
///        argument
///   &lt;Section argument&gt; ... &lt;/Section&gt;
/// </code>
/// A line that begins with # is a comment; a # further on is none.
/// </remarks>
internal sealed partial class ApacheReader
{
    private const int MaxDepth = 16;

    private readonly List<Finding> _faults;
    private readonly Dictionary<string, string> _variables;
    private string _root;

    private ApacheReader(string root, List<Finding> faults)
    {
        (_root, _faults) = (root, faults);
        _variables = ReadVariables(Path.Combine(root, "envvars"));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="root">Where a relative include begins, if the file itself does not say so with ServerRoot.</param>
    /// <param name="faults">What is wrong with the files as such.</param>
    internal static IReadOnlyList<Directive> Read(string path, string root, List<Finding> faults) =>
        new ApacheReader(root, faults).ReadFile(path, 0);

    /// <summary>Reads what stands in a file, and no others.</summary>
    internal static IReadOnlyList<Directive> Parse(string text, string path, List<Finding> faults) =>
        new ApacheReader(Path.GetDirectoryName(path) ?? "/", faults).ParseText(text, path, MaxDepth);

    private List<Directive> ReadFile(string path, int depth) =>
        ConfigurationFile.TryRead(path) is { } text ? ParseText(text, path, depth) : [];

    private List<Directive> ParseText(string text, string path, int depth)
    {
        // The first level is the file itself, which nothing opens.
        var open = new Stack<(Directive? Opened, List<Directive> Block)>([(null, [])]);
        foreach ((string line, SourceLocation place) in LogicalLines(text, path))
        {
            if (line.StartsWith("</", StringComparison.Ordinal))
                Close(open, line, place);
            else if (line.StartsWith('<'))
                open.Push((ToDirective(line.TrimStart('<').TrimEnd().TrimEnd('>'), place), []));
            else
                open.Peek().Block.Add(Complete(ToDirective(line, place), depth));
        }
        while (open.Count > 1)
        {
            (Directive? opened, List<Directive> block) = open.Pop();
            _faults.Add(new Finding(Severity.Error, opened!.Place.ToString(), $"<{opened.Name}> is never closed")
            { Advice = $"write </{opened.Name}> at its end" });
            open.Peek().Block.Add(opened with { Block = block });
        }
        return open.Pop().Block;
    }

    private void Close(Stack<(Directive? Opened, List<Directive> Block)> open, string line, SourceLocation place)
    {
        string name = line[2..].TrimEnd().TrimEnd('>').Trim();
        if (open.Peek().Opened is not { } opened || !opened.Is(name))
        {
            _faults.Add(new Finding(Severity.Error, place.ToString(), $"</{name}> closes nothing")
            { Advice = "take it out, or write the section that it belongs to" });
            return;
        }
        List<Directive> block = open.Pop().Block;
        open.Peek().Block.Add(opened with { Block = block });
    }

    private Directive Complete(Directive directive, int depth)
    {
        if (directive.Is("ServerRoot") && directive.Argument.StartsWith('/'))
            _root = directive.Argument;
        else if (directive.Is("Define") && directive.Arguments.Count > 1)
            _variables[directive.Argument] = directive.Arguments[1].Text;
        bool mayBeMissing = directive.Is("IncludeOptional");
        if (!mayBeMissing && !directive.Is("Include"))
            return directive;
        if (depth >= MaxDepth)
            return directive with { IsInclude = true };
        string pattern = Path.Combine(_root, directive.Argument);
        IReadOnlyList<string> files = [.. IncludePattern.Find(pattern)
            .SelectMany(path => Directory.Exists(path) ? IncludePattern.Find(Path.Join(path, "*")) : [path])];
        if (files.Count == 0 && !mayBeMissing && !IncludePattern.HasWildcard(pattern))
            _faults.Add(new Finding(Severity.Error, directive.Place.ToString(), $"it includes {pattern}, which does not exist")
            { Advice = "correct the path, or write IncludeOptional" });
        return directive with { IsInclude = true, Block = [.. files.SelectMany(file => ReadFile(file, depth + 1))] };
    }

    private static List<(string Line, SourceLocation Place)> LogicalLines(string text, string path)
    {
        var lines = new List<(string Line, SourceLocation Place)>();
        var whole = new StringBuilder();
        int number = 0, first = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
            Add(raw.ToString(), ++number);
        if (whole.Length > 0)
            Finish();
        return lines;

        void Add(string line, int number)
        {
            if (whole.Length == 0)
                first = number;
            bool continues = line.EndsWith('\\');
            whole.Append(continues ? line[..^1] : line);
            if (!continues)
                Finish();
        }

        void Finish()
        {
            string line = whole.ToString().Trim();
            whole.Clear();
            if (line.Length > 0 && line[0] != '#')
                lines.Add((line, new SourceLocation(path, first)));
        }
    }

    private Directive ToDirective(string line, SourceLocation place)
    {
        List<string> words = [.. QuotedWords.Split(line)];
        return new Directive(words.Count > 0 ? words[0] : "", [.. words.Skip(1).Select(word => new Token(Expand(word), place))], place);
    }

    private string Expand(string word) =>
        word.Contains("${", StringComparison.Ordinal)
            ? Variable().Replace(word, match => _variables.GetValueOrDefault(match.Groups[1].Value, match.Value))
            : word;

    /// <summary>Debian keeps the user and some paths in a shell script that starts Apache.</summary>
    private static Dictionary<string, string> ReadVariables(string path) => ConfigurationFile.ReadLines(path)
        .Select(line => Export().Match(line)).Where(match => match.Success)
        .GroupBy(match => match.Groups[1].Value)
            .ToDictionary(group => group.Key, group => group.Last().Groups[2].Value.Replace("$SUFFIX", "", StringComparison.Ordinal));

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s*export\s+(\w+)=['""]?([^'""\s#]*)")]
    private static partial Regex Export();
}

using System.Text;
using Shims.Control.Doctor;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>Reads lighttpd's configuration, with everything that it includes.</summary>
/// <remarks>
/// <code>
///   name = "text"        name += ( "text", "key" => value, ... )        # comment
///   $FIELD["key"] =~ "text" { ... } else { ... }
///   include "path or pattern"
/// </code>
/// The output of include_shell is not known: nothing is run here.
/// </remarks>
internal sealed class LighttpdReader
{
    private const int MaxDepth = 16;

    private readonly List<LighttpdAssignment> _assignments = [];
    private readonly List<Finding> _faults;
    private readonly Dictionary<string, string> _variables = [];
    private readonly string _folder;

    private LighttpdReader(string folder, List<Finding> faults) => (_folder, _faults) = (folder, faults);

    /// <summary>Reads a file and those that it includes.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="path">The file. Relative includes begin in its folder.</param>
    /// <param name="faults">What is wrong with the files as such.</param>
    internal static IReadOnlyList<LighttpdAssignment> Read(string text, string path, List<Finding> faults)
    {
        var reader = new LighttpdReader(Path.GetDirectoryName(path) ?? "/", faults);
        reader.ReadText(text, path, [], 0);
        return reader._assignments;
    }

    /// <summary>Reads what stands in a file, and no others.</summary>
    internal static IReadOnlyList<LighttpdAssignment> Parse(string text, string path, List<Finding> faults)
    {
        var reader = new LighttpdReader(Path.GetDirectoryName(path) ?? "/", faults);
        reader.ReadText(text, path, [], MaxDepth);
        return reader._assignments;
    }

    private void ReadFile(string path, IReadOnlyList<string> conditions, int depth)
    {
        if (ConfigurationFile.TryRead(path) is { } text)
            ReadText(text, path, conditions, depth);
    }

    private void ReadText(string text, string path, IReadOnlyList<string> outer, int depth)
    {
        var tokens = new LighttpdTokens(text, path);
        var conditions = new Stack<(string Text, SourceLocation Place)>();
        while (tokens.Peek() is { } token)
        {
            if (token.Text == "}")
                Close(tokens, conditions);
            else if (token.IsName && token.Text is "include" or "include_shell")
                Include(tokens, [.. outer, .. conditions.Reverse().Select(pair => pair.Text)], depth);
            else if (token.IsName && token.Text[0] != '$' && token.Text is not ("else" or "elseif" or "if"))
                Assign(tokens, [.. outer, .. conditions.Reverse().Select(pair => pair.Text)]);
            else
                Open(tokens, conditions);
        }
        foreach ((_, SourceLocation place) in conditions)
            _faults.Add(new Finding(Severity.Error, place.ToString(), "its { is never closed") { Advice = "write the } at its end" });
    }

    private void Close(LighttpdTokens tokens, Stack<(string Text, SourceLocation Place)> conditions)
    {
        LighttpdToken brace = tokens.Take()!;
        if (!conditions.TryPop(out _))
            _faults.Add(new Finding(Severity.Error, brace.Place.ToString(), "this } closes nothing")
            { Advice = "take it out, or write the { that it belongs to" });
    }

    /// <summary>The text before a brace is a condition.</summary>
    private static void Open(LighttpdTokens tokens, Stack<(string Text, SourceLocation Place)> conditions)
    {
        var condition = new StringBuilder();
        SourceLocation place = tokens.Peek()!.Place;
        while (tokens.Peek() is { Text: not "}" } token)
        {
            tokens.Take();
            if (token is { Text: "{", IsText: false })
            {
                conditions.Push((condition.ToString().Trim(), place));
                return;
            }
            condition.Append(token.IsText ? $"\"{token.Text}\"" : token.Text).Append(token.Text is "[" or "]" || token.IsName ? "" : " ");
        }
    }

    private void Include(LighttpdTokens tokens, IReadOnlyList<string> conditions, int depth)
    {
        bool isFile = tokens.Take()!.Text == "include";
        SourceLocation place = tokens.Here;
        if (ReadValue(tokens) is not { Text: { } named } || !isFile || depth >= MaxDepth)
            return;
        string pattern = Path.Combine(_folder, named);
        IReadOnlyList<string> files = IncludePattern.Find(pattern);
        if (files.Count == 0 && !IncludePattern.HasWildcard(pattern))
            _faults.Add(new Finding(Severity.Error, place.ToString(), $"it includes {pattern}, which does not exist")
            { Advice = "correct the path, or take the line out" });
        foreach (string file in files)
            ReadFile(file, conditions, depth + 1);
    }

    private void Assign(LighttpdTokens tokens, IReadOnlyList<string> conditions)
    {
        LighttpdToken name = tokens.Take()!;
        if (tokens.Peek() is not { IsText: false, Text: "=" or "+=" or ":=" })
            return;
        tokens.Take();
        LighttpdValue value = ReadValue(tokens);
        if (value.Text is not null && name.Text.StartsWith("var.", StringComparison.Ordinal))
            _variables[name.Text] = value.Text;
        _assignments.Add(new LighttpdAssignment(name.Text, value, name.Place, conditions));
    }

    /// <summary>Values joined with +: texts one after the other, lists to one list.</summary>
    private LighttpdValue ReadValue(LighttpdTokens tokens)
    {
        LighttpdValue value = ReadOne(tokens);
        while (tokens.Peek() is { IsText: false, Text: "+" })
        {
            tokens.Take();
            LighttpdValue next = ReadOne(tokens);
            value = value with
            {
                Text = value.Text is null || next.Text is null ? null : value.Text + next.Text,
                Entries = [.. value.Entries, .. next.Entries],
            };
        }
        return value;
    }

    private LighttpdValue ReadOne(LighttpdTokens tokens)
    {
        LighttpdToken? token = tokens.Peek();
        var value = new LighttpdValue(token?.Place ?? tokens.Here);
        if (token is null or { IsText: false, Text: "}" or "{" or ")" or "," })
            return value;
        tokens.Take();
        if (token.IsText)
            return value with { Text = token.Text };
        if (token.Text != "(")
            return value with { Text = _variables.GetValueOrDefault(token.Text, token.Text) };
        return value with { Entries = ReadList(tokens) };
    }

    private List<LighttpdEntry> ReadList(LighttpdTokens tokens)
    {
        var entries = new List<LighttpdEntry>();
        while (tokens.Peek() is { } token && token is not { IsText: false, Text: "}" or "{" })
        {
            if (token is { IsText: false, Text: ")" or "," })
            {
                tokens.Take();
                if (token.Text == ")")
                    break;
                continue;
            }
            LighttpdValue value = ReadValue(tokens);
            if (tokens.Peek() is not { IsText: false, Text: "=>" })
            {
                entries.Add(new LighttpdEntry(null, value));
                continue;
            }
            tokens.Take();
            entries.Add(new LighttpdEntry(value, ReadValue(tokens)));
        }
        return entries;
    }
}

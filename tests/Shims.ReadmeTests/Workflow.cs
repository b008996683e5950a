using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>A workflow in .github/workflows, as far as the tests have to understand it: actions, and steps that are shell.</summary>
internal sealed partial class Workflow
{
    private Workflow(string path)
    {
        Name = Path.GetFileName(path);
        Text = File.ReadAllText(path);
        Actions = [.. UsesLine().Matches(Text).Select(match => new WorkflowAction(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];
        Steps = [.. ReadSteps(File.ReadAllLines(path))];
    }

    internal static IReadOnlyList<Workflow> All { get; } = [.. Directory.EnumerateFiles(Repository.PathTo(".github/workflows"), "*.yml").Order(StringComparer.Ordinal).Select(path => new Workflow(path))];

    /// <summary>The file's name.</summary>
    internal string Name { get; }

    internal string Text { get; }

    internal IReadOnlyList<WorkflowAction> Actions { get; }

    /// <summary>What each shell step is called, and its commands.</summary>
    internal IReadOnlyList<(string Name, string Commands)> Steps { get; }

    internal static Workflow Of(string name) => All.Single(workflow => workflow.Name == name);

    /// <summary>"run: COMMAND", or "run: |" and all lines that are further to the right.</summary>
    private static IEnumerable<(string Name, string Commands)> ReadSteps(string[] lines)
    {
        string name = "";
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimStart(' ', '-');
            if (line.StartsWith("name: ", StringComparison.Ordinal))
                name = line["name: ".Length..];
            if (!line.StartsWith("run: ", StringComparison.Ordinal))
                continue;
            int indent = lines[i].Length - line.Length;
            string[] block = [.. lines.Skip(i + 1).TakeWhile(next => next.Length == 0 || next.Length - next.TrimStart().Length > indent)];
            yield return (name, line == "run: |" ? string.Concat(block.Select(next => next.TrimStart() + "\n")) : line["run: ".Length..] + "\n");
        }
    }

    [GeneratedRegex(@"uses: ([^@\s]+)@(\S+)(?: # (\S+))?")]
    private static partial Regex UsesLine();
}

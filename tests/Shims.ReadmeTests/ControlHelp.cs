using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>What <c>--help</c> of a command of <c>shimctl</c> says: how it is called, and its options.</summary>
internal sealed partial class ControlHelp
{
    private readonly string[] _lines;

    private ControlHelp(string text) => _lines = text.Split('\n');

    /// <summary>The commands that the program knows, in order; only without a command.</summary>
    internal IReadOnlyList<string> Commands => [.. Section("Commands:").Select(line => line.Trim().Split(' ')[0])];

    /// <summary>The arguments as the usage has them: <c>[WHAT [ARG...]]</c>.</summary>
    internal string Usage
    {
        get
        {
            string usage = Assert.Single(Section("Usage:")).Replace("<", "", StringComparison.Ordinal).Replace(">", "", StringComparison.Ordinal);
            return string.Join(' ', usage.Replace("[options]", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2));
        }
    }

    /// <summary>The default of an argument, of all of them that have one.</summary>
    internal IReadOnlyList<string> ArgumentDefaults => [.. Section("Arguments:").Select(OptionEntry.DefaultIn).Where(value => value.Length > 0)];

    internal IReadOnlyDictionary<string, ControlOption> Options => Section("Options:").Select(line => Option().Match(line)).Where(match => match.Success)
        .Select(match => new ControlOption(
            match.Groups["name"].Value,
            [.. match.Groups["alias"].Captures.Select(alias => alias.Value).Order(StringComparer.Ordinal)],
            Ordered(match.Groups["value"].Value),
            OptionEntry.DefaultIn(match.Groups["text"].Value),
            match.Groups["required"].Success))
        .ToDictionary(option => option.Name);

    /// <summary>Asks the program.</summary>
    /// <param name="command">Empty for the program itself.</param>
    internal static async Task<ControlHelp> OfAsync(string command) =>
        new(await Command.RunAsync(Repository.Program("shimctl"), command.Length == 0 ? ["--help"] : [command, "--help"]));

    /// <summary>Values to choose from, in one order everywhere.</summary>
    internal static string Ordered(string value) => string.Join('|', value.Split('|', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal));

    /// <summary>The lines below a heading, up to the next empty one.</summary>
    private IEnumerable<string> Section(string heading) => _lines.SkipWhile(line => line != heading).Skip(1).TakeWhile(line => line.Length > 0);

    [GeneratedRegex(@"^  ((?<alias>-\S), )*(?<name>--[a-z-]+)( <(?<value>[^>]+)>)?(?<required> \(REQUIRED\))?  (?<text>.*)$")]
    private static partial Regex Option();
}

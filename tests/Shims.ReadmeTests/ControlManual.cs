using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>What shimctl(1) says of a command, as its source in mdoc(7) has it.</summary>
internal sealed partial class ControlManual
{
    private readonly string _synopsis;
    private readonly string _text;

    private ControlManual(string synopsis, string text) => (_synopsis, _text) = (synopsis, text);

    /// <summary>The commands that the page describes, in order.</summary>
    internal static IReadOnlyList<string> Commands => [.. Command().Matches(Page()).Select(match => match.Groups["name"].Value)];

    /// <summary>The arguments, written as the help writes them.</summary>
    internal string Usage
    {
        get
        {
            string usage = string.Join(' ', _synopsis.Split(' ').Where(word => word != "Ar")).Replace("Oo ", "[", StringComparison.Ordinal).Replace(" Oc", "]", StringComparison.Ordinal);
            usage = OptionalWord().Replace(usage, "[$1]").Replace(" ...", "...", StringComparison.Ordinal);
            return string.Join(' ', usage.Replace("[options]", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word != "options"));
        }
    }

    /// <summary>The defaults of the arguments: what is said before the first option.</summary>
    internal IReadOnlyList<string> ArgumentDefaults => [.. DefaultOf(_text.Split(".It ")[0]) is { Length: > 0 } value ? [value] : Array.Empty<string>()];

    internal IReadOnlyDictionary<string, ControlOption> Options => Item().Matches(_text)
        .Select(match => new ControlOption(
            "-" + match.Groups["name"].Value,
            [.. Alias().Matches(match.Groups["aliases"].Value).Select(alias => "-" + alias.Groups[1].Value).Order(StringComparer.Ordinal)],
            ControlHelp.Ordered(match.Groups["value"].Value),
            DefaultOf(match.Groups["text"].Value),
            match.Groups["text"].Value.Contains("\nRequired.\n", StringComparison.Ordinal)))
        .ToDictionary(option => option.Name);

    /// <param name="command">Empty for what is said before all commands.</param>
    internal static ControlManual Of(string command)
    {
        string page = Page();
        if (command.Length == 0)
            return new ControlManual("", Description().Match(page).Value);
        Match start = Command().Matches(page).Single(match => match.Groups["name"].Value == command);
        string rest = page[(start.Index + start.Length)..];
        Match next = CommandOrSection().Match(rest);
        return new ControlManual(start.Groups["synopsis"].Value.Trim(), rest[..next.Index]);
    }

    private static string Page() => ManualPage.Of("shimctl").Text;

    /// <summary>As the help has it: on one line, and an option in it with its dashes.</summary>
    private static string DefaultOf(string text) => OptionEntry.DefaultIn(Flag().Replace(text, " -$1").Replace("\n.Fx", " FreeBSD", StringComparison.Ordinal).Replace('\n', ' ')).Trim();

    [GeneratedRegex(@"^\.It Nm Cm (?<name>[a-z]+)(?<synopsis>[^\n]*)\n", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^\.(It Nm Cm|Sh) ", RegexOptions.Multiline)]
    private static partial Regex CommandOrSection();

    [GeneratedRegex(@"^\.Sh DESCRIPTION\n.*?(?=^\.Sh )", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Description();

    [GeneratedRegex(@"^\.It Fl (?<name>-[a-z-]+)( Ar (?<value>[^\n]*))?\n(\.Pq (?<aliases>[^\n]*)\n)?(?<text>.*?)(?=^\.It |^\.El)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Item();

    [GeneratedRegex(@"Fl (?:\\&)?(\S)")]
    private static partial Regex Alias();

    [GeneratedRegex(@"\n\.Fl (\S+) ?")]
    private static partial Regex Flag();

    [GeneratedRegex(@"\bOp (\S+(?: \.\.\.)?)")]
    private static partial Regex OptionalWord();
}

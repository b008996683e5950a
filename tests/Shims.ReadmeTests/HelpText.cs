using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>What a program says of its options with <c>--help</c>.</summary>
internal static partial class HelpText
{
    internal static async Task<IReadOnlyDictionary<string, OptionEntry>> OptionsAsync(string program)
    {
        string help = await Command.RunAsync(Repository.Program(program), ["--help"]);
        string options = help[help.IndexOf("Options:", StringComparison.Ordinal)..];
        // A line that begins further in than an option continues the one before it.
        string joined = Continuation().Replace(options, " ");
        return joined.Split('\n').Select(line => Option().Match(line)).Where(match => match.Success)
            .Select(match => new OptionEntry(match.Groups["name"].Value, match.Groups["value"].Value, OptionEntry.DefaultIn(match.Groups["text"].Value), match.Groups["text"].Value))
            .ToDictionary(option => option.Name);
    }

    [GeneratedRegex(@"\n {6,}(?=\S)")]
    private static partial Regex Continuation();

    [GeneratedRegex(@"^ {2,4}(-\S+, )*(?<name>--[a-z-]+)( <?(?<value>[A-Z=.,]{2,}|N|[a-z]+(\|[a-z]+)+)>?)?(?<text> .*)$")]
    private static partial Regex Option();
}

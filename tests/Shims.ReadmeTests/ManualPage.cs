using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>A manual page, as its source in mdoc(7) says it.</summary>
internal sealed partial class ManualPage
{
    private readonly string[] _lines;

    private ManualPage(string path) => (Path, _lines) = (path, File.ReadAllLines(Repository.PathTo(path)));

    /// <summary>Its path inside the checkout.</summary>
    internal string Path { get; }

    internal IReadOnlyList<string> Sections => [.. _lines.Where(line => line.StartsWith(".Sh ", StringComparison.Ordinal)).Select(line => line[4..])];

    internal string Text => string.Join('\n', _lines);

    /// <summary>The items of OPTIONS.</summary>
    internal IReadOnlyDictionary<string, OptionEntry> Options
    {
        get
        {
            string section = string.Join('\n', _lines.SkipWhile(line => line != ".Sh OPTIONS").Skip(1).TakeWhile(line => !line.StartsWith(".Sh ", StringComparison.Ordinal)));
            return Item().Matches(section)
                .Select(match => new OptionEntry("-" + match.Groups["name"].Value, match.Groups["value"].Value.Trim(), OptionEntry.DefaultIn(match.Groups["text"].Value.Replace('\n', ' ')), match.Groups["text"].Value))
                .ToDictionary(option => option.Name);
        }
    }

    /// <summary>The page of a program: those that a person does not start are in section 8.</summary>
    internal static ManualPage Of(string program) => new($"src/{program}/{program}.{SectionOf(program)}");

    /// <summary>The section of the manual that has the program.</summary>
    internal static int SectionOf(string program) => program is "scgi-run" or "fcgi-run" or "uwsgi-run" or "ajp-run" ? 8 : 1;

    [GeneratedRegex(@"^\.It Fl (?<name>-[a-z-]+)( Ar (?<value>[^\n]*))?\n(?<text>.*?)(?=^\.It |^\.El)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Item();
}

namespace Shims.Control.Recipes;

/// <summary>Reads a recipe.</summary>
/// <remarks><code>
/// title AWStats                    what it is
/// [config]                         options of shimctl config, without dashes
/// url /awstats/awstats.pl
/// [setup]                          commands to run once, as root
/// [notes]                          sentences, each a line
/// [check]                          kind, request, => and a text of the response
/// front {url}?config=site => Statistics
/// </code>Empty lines and lines that begin with # do not count.</remarks>
internal static class RecipeReader
{
    /// <summary>The largest file, in characters.</summary>
    internal const int LargestFile = 65_536;

    /// <summary>
    /// The kinds of checks: pages, then URLs that are refused; commands that run as a visitor; expressions for what differs each time.
    /// </summary>
    internal static IReadOnlyList<string> CheckKinds { get; } =
        ["front", "path-info", "form", "picture", "redirect", "page", "denied", "run", "varies"];

    private static readonly string[] s_options =
        ["web", "super", "protocol", "url", "script", "dir", "app", "user", "env", "allow-env", "max-body", "timeout", "read-timeout",
            "interpreter", "index", "files", "alias", "deny", "user-auth", "writable", "wait"];

    /// <summary>Reads a text.</summary>
    /// <param name="name">The recipe's name.</param>
    /// <param name="text">The file.</param>
    /// <exception cref="InvalidDataException">A line is wrong; the message has its number and the fix.</exception>
    internal static Recipe Read(string name, string text)
    {
        if (text.Length > LargestFile)
            throw new InvalidDataException($"the recipe is longer than {LargestFile} characters: write a page about the program instead");
        var recipe = new Recipe { Name = name };
        string section = "";
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Any(char.IsControl))
                throw new InvalidDataException($"line {i + 1} has a control character in it: remove it");
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] == '[' && line[^1] == ']')
                section = line;
            else
            {
                recipe = With(recipe, section, line)
                    ?? throw new InvalidDataException($"line {i + 1} is unknown{(section.Length > 0 ? $" in {section}" : "")}: {line}: "
                        + Expected(section));
            }
        }
        return recipe switch
        {
            { Title: "" } or { About: "" } => throw new InvalidDataException("the recipe has no title or no about: write both first"),
            { Packages: [], Source: "" } => throw new InvalidDataException("the recipe does not say where the program comes from: write "
                + "package NAME, or source with a sentence"),
            _ when recipe["url"] is not ['/', _, ..] =>
                throw new InvalidDataException("the recipe has no url: write url /NAME in [config]"),
            _ => recipe,
        };
    }

    private static string Expected(string section) => section switch
    {
        "" => "write title, about, home, package, source, url-end or login required, or a section",
        "[config]" => $"write an option of shimctl config, without dashes: {string.Join(", ", s_options)}",
        "[check]" => $"write one of {string.Join(", ", CheckKinds)}",
        _ => "the sections are [config], [setup], [notes] and [check]",
    };

    /// <summary>The recipe with one more line; null if the line has no meaning.</summary>
    private static Recipe? With(Recipe recipe, string section, string line)
    {
        (string word, string rest) = line.Split(' ', 2) is [var first, var second] ? (first, second.Trim()) : (line, "");
        return (section, word) switch
        {
            ("", "title") => recipe with { Title = rest },
            ("", "about") => recipe with { About = rest },
            ("", "home") => recipe with { Home = rest },
            ("", "source") => recipe with { Source = rest },
            ("", "url-end") => recipe with { UrlEnd = rest },
            ("", "login") when rest == "required" => recipe with { NeedsLogin = true },
            ("", "package") => recipe with { Packages = [.. recipe.Packages, .. rest.Split(' ')] },
            ("[config]", _) when s_options.Contains(word) && (word == "wait" || rest is [not '-', ..]) =>
                recipe with { Options = [.. recipe.Options, new RecipeOption(word, rest)] },
            ("[setup]", _) => recipe with { Setup = [.. recipe.Setup, line] },
            ("[notes]", _) => recipe with { Notes = [.. recipe.Notes, line] },
            ("[check]", _) when CheckKinds.Contains(word) && rest.Length > 0 =>
                recipe with { Checks = [.. recipe.Checks, Check(word, rest)] },
            _ => null,
        };
    }

    private static RecipeCheck Check(string kind, string text) => text.Split(" => ", 2) is [var request, var expected] && kind != "varies"
        ? new RecipeCheck(kind, request.Trim(), expected.Trim())
        : new RecipeCheck(kind, text, "");
}

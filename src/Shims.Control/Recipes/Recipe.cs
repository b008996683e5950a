using Shims.Control.Servers.Writing;

namespace Shims.Control.Recipes;

/// <summary>A program that people run, and all that it needs: a file of docs/recipes/.</summary>
internal sealed record Recipe
{
    /// <summary>The word on the command line: the name of the file.</summary>
    internal required string Name { get; init; }

    /// <summary>The name of the program.</summary>
    internal string Title { get; init; } = "";

    /// <summary>What the program does, in a line.</summary>
    internal string About { get; init; } = "";

    /// <summary>The page of the program's authors.</summary>
    internal string Home { get; init; } = "";

    /// <summary>The end of the URL that the program's pages link to; empty if they work at any URL.</summary>
    internal string UrlEnd { get; init; } = "";

    /// <summary>Packages of Debian and Ubuntu, without those that they depend on.</summary>
    internal IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>The place that the program comes from if no package of the distribution has it.</summary>
    internal string Source { get; init; } = "";

    /// <summary>True if the program lets everyone change what it keeps, so that the web server has to ask for a password.</summary>
    internal bool NeedsLogin { get; init; }

    /// <summary>The options of <c>shimctl config</c>, without dashes, in the order of the file.</summary>
    internal IReadOnlyList<RecipeOption> Options { get; init; } = [];

    /// <summary>Commands to run once, as root. {user}, {web-user} and {NAME} of a variable stand for what is configured.</summary>
    internal IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>What an administrator has to know, each a line.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Requests by which the tests compare the program with itself under another gateway.</summary>
    internal IReadOnlyList<RecipeCheck> Checks { get; init; } = [];

    /// <summary>The first value of an option; null if the recipe does not set it.</summary>
    internal string? this[string option] => Options.FirstOrDefault(candidate => candidate.Name == option)?.Value;

    /// <summary>The commands to run first, as the text of a configuration; null if there are none.</summary>
    internal ConfigurationSnippet? FirstSteps(Deployment deployment)
    {
        string[] lines =
        [
            .. Setup.Select(line => Filled(line, deployment)),
            .. deployment.UserFile is { } file
                ? new[]
                {
                    "# The users who may come in. Only the web server reads the file.",
                    $"[ -d {Path.GetDirectoryName(file)} ] || install -d -m 755 {Path.GetDirectoryName(file)}",
                    $"[ -e {file} ] || install -m 640 -g {deployment.WebUser} /dev/null {file}",
                }
                : [],
            .. Notes.Select(note => "# " + Filled(note, deployment)),
        ];
        string[] packages = [.. Packages, .. deployment.UserFile is null ? [] : new[] { "apache2-utils" }];
        return lines.Length + packages.Length == 0 ? null
            : new ConfigurationSnippet($"{Title}: commands to run once, as root",
                deployment.UserFile is null ? "" : $"htpasswd {deployment.UserFile} NAME",
                string.Concat(lines.Select(static line => line + "\n")))
            {
                First = packages.Length == 0 ? "" : $"apt-get install {string.Join(' ', packages)}",
            };
    }

    private static string Filled(string line, Deployment deployment)
    {
        string text = line.Replace("{user}", deployment.User, StringComparison.Ordinal)
            .Replace("{web-user}", deployment.WebUser, StringComparison.Ordinal)
            .Replace("{target}", deployment.Target, StringComparison.Ordinal);
        return WithVariables(text, deployment.Environment);
    }

    /// <summary>A text with {NAME} filled in.</summary>
    /// <param name="text">The text.</param>
    /// <param name="settings">Variables, each NAME=VALUE.</param>
    internal static string WithVariables(string text, IEnumerable<string> settings)
    {
        foreach (string setting in settings)
        {
            if (setting.Split('=', 2) is [var name, var value])
                text = text.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        }
        return text;
    }

    /// <summary>A text with {url} filled in, and {folder}, which is what the URL has before its last slash.</summary>
    internal static string At(string url, string text) => text.Replace("{url}", url, StringComparison.Ordinal)
        .Replace("{folder}", url[..url.LastIndexOf('/')], StringComparison.Ordinal);
}

/// <summary>An option of <c>shimctl config</c>.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Value">Empty for one that takes none.</param>
internal sealed record RecipeOption(string Name, string Value);

/// <summary>A request that shows that the program works.</summary>
/// <param name="Kind">One of <see cref="RecipeReader.CheckKinds"/>.</param>
/// <param name="Request">The URL's path, with the body of a form after a blank; a command for "run", an expression for "varies".</param>
/// <param name="Expected">A text that the response has; empty for any.</param>
internal sealed record RecipeCheck(string Kind, string Request, string Expected);

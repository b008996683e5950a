using System.CommandLine;
using Shims.Control.Commands;
using Shims.Control.Recipes;
using Shims.Control.Servers.Writing;

namespace Shims.ControlTests.Recipes;

/// <summary>The pages of docs/recipes/, which are made of the recipes.</summary>
internal static class RecipePage
{
    private static readonly Dictionary<string, string> s_kinds = new()
    {
        ["front"] = "front page",
        ["page"] = "page",
        ["path-info"] = "page with PATH_INFO",
        ["form"] = "form",
        ["picture"] = "picture",
        ["redirect"] = "redirect",
        ["denied"] = "refused, or not there",
        ["run"] = "command",
    };

    /// <summary>The page of a recipe.</summary>
    internal static string Of(Recipe recipe)
    {
        List<string> lines =
        [
            $"# How do I run {recipe.Title}?",
            "",
            $"{recipe.About} [{recipe.Home.Split("://")[^1].TrimEnd('/')}]({recipe.Home})",
            "",
            "```sh",
            $"shimctl config --recipe {recipe.Name}",
            "```",
            "",
            "It prints [the configuration](#the-configuration), for nginx and systemd. `--web` and `--super` name other servers, and all",
            "options of [`shimctl config`](../shimctl.md#write-the-configuration-shimctl-config) change a setting of the recipe; `none` in",
            "place of a value takes it away.",
            "",
            .. Facts(recipe).Select(static fact => "- " + fact),
            "",
            "## Settings",
            "",
            "| option | value |",
            "| --- | --- |",
            .. recipe.Options.Select(option =>
                $"| `--{option.Name}` | {(option.Value.Length == 0 ? "" : $"`{Filled(recipe, option.Value)}`")} |"),
            "",
            "## Tested requests",
            "",
            $"Each response is the same as that of the program under Apache's {(recipe["app"] is null ? "mod_cgid" : "mod_fcgid")}.",
            "",
            "| | request |",
            "| --- | --- |",
            .. recipe.Checks.Where(static check => check.Kind != "varies")
                .Select(check =>
                    $"| {s_kinds[check.Kind]} | `{Filled(recipe, check.Request).Replace("|", "\\|", StringComparison.Ordinal)}` |"),
            "",
            "## The configuration",
        ];
        foreach (ConfigurationSnippet piece in Pieces(recipe))
        {
            string before = piece.First.Length > 0 ? $" First: `{piece.First}`." : "";
            string after = piece.Then.Length > 0 ? $" Then: `{piece.Then}`." : "";
            string end = before.Length + after.Length > 0 ? "." : ":";
            lines.AddRange(["", $"{piece.Place}{end}{before}{after}", "", "```text", piece.Text.TrimEnd('\n'), "```"]);
        }
        lines.AddRange(["", $"This page is made of [{recipe.Name}.recipe]({recipe.Name}.recipe) by `make recipes`.", ""]);
        return string.Join('\n', lines);
    }

    /// <summary>The list of all recipes.</summary>
    internal static string List() => """
            # Which programs have a recipe?

            `shimctl config --recipe NAME` writes everything that one of these programs needs, for each web server and super-server.

            | | program | | log-in |
            | --- | --- | --- | --- |

            """ + string.Concat(RecipeCatalog.All.Select(static recipe =>
            $"| `{recipe.Name}` | [{recipe.Title}]({recipe.Name}.md) | {recipe.About} | "
                + $"{(recipe["user-auth"] is null ? "" : "of the web server")} |\n")) + """

            ## A new recipe

            A recipe is one file without code, `NAME.recipe` in `docs/recipes/`:

            ```text
            title AWStats
            about Reports from the access log of a web server.
            home https://www.awstats.org/
            package awstats
            url-end awstats.pl

            [config]
            url /awstats/awstats.pl
            script /usr/lib/cgi-bin/awstats.pl
            alias /awstats-icon=/usr/share/awstats/icon
            user-auth /etc/shims/awstats.users

            [setup]
            install -d -o {user} -m 750 /var/lib/example

            [notes]
            Set LogFile in /etc/awstats/awstats.conf.

            [check]
            front {url}?config=shims.example => mainright
            form {url} config=shims.example&year=2024 => Statistics
            picture /awstats-icon/other/vh.png
            ```

            - The first lines: name, purpose and home of the program, and its packages in Debian; without a package, `source` and a
              sentence that says where the program comes from. `url-end` is for pages that link to the file's name;
              `login required` where everyone could change what the program keeps.
            - `[config]`: options of `shimctl config`, without dashes. `{url}` is the URL, `{folder}` what is before its last slash,
              `{libexec}` the folder of the gateways.
            - `[setup]`: commands that root runs once. `{user}`, `{web-user}` and the name of a variable, such as
              `{GIT_PROJECT_ROOT}`, stand for what is configured.
            - `[notes]`: what an administrator has to know, each a line.
            - `[check]`: requests, and after `=>` a text that the response has (of a redirect: the Location). `front`, `page`,
              `path-info` and `picture` are URLs; `form` is a URL and a body; `redirect` and `denied` are URLs; `run` is
              a command of a visitor, in which `{site}` is the beginning of the URL; `varies` is a regular expression for what
              differs from one response to the next.

            Who may come in, and what may run, is part of a recipe: `user-auth` where the program itself asks for no password and not
            everyone may see its pages; a `user` of its own where it stores something; `deny` for data beside
            the pages; `files` with the extensions that the web server may send. Nothing is writable for everyone, and no folder with
            uploads has scripts.

            `shimctl config --recipe ./NAME.recipe` tries it, `make recipes` writes its page, and `make test-long` runs it with the
            distribution's package, in a copy of the machine that is thrown away afterwards. Data that the
            requests want is made by a shell script, `NAME` in `tests/Shims.ControlTests/Recipes/Fixtures/`.

            This page is made by `make recipes`.

            """;

    private static IEnumerable<string> Facts(Recipe recipe)
    {
        yield return recipe.Packages.Count > 0
            ? $"Packages of Debian and Ubuntu: `apt-get install {string.Join(' ', recipe.Packages)}`"
            : recipe.Source;
        yield return recipe["user"] is { } user
            ? $"Its scripts run as the user `{user}`, who owns what they store."
            : "Its scripts run as the web server's user.";
        if (recipe["user-auth"] is { } file)
            yield return $"Only users of `{file}` come in; `htpasswd` makes it.";
        foreach (string note in recipe.Notes)
            yield return Filled(recipe, note);
    }

    /// <summary>What shimctl prints, where the gateways are installed as usual.</summary>
    private static IEnumerable<ConfigurationSnippet> Pieces(Recipe recipe)
    {
        var command = new ConfigCommand();
        ParseResult result = command.Parse(RecipeArguments.Expand(["config", "--recipe", recipe.Name])[1..]);
        Assert.Empty(result.Errors.Select(static error => error.Message));
        return command.Pieces(result).Select(static piece => piece with
        {
            Text = piece.Text.Replace(KnownPrograms.Folder + "/", "/usr/local/libexec/", StringComparison.Ordinal),
        });
    }

    private static string Filled(Recipe recipe, string text)
    {
        text = Recipe.WithVariables(text, recipe.Options.Where(static option => option.Name == "env").Select(static option => option.Value));
        return Recipe.At(recipe["url"]!, text)
            .Replace("{user}", recipe["user"] ?? "www-data", StringComparison.Ordinal)
            .Replace("{libexec}", "/usr/local/libexec", StringComparison.Ordinal)
            .Replace("{site}", "http://ada:PASSWORD@localhost", StringComparison.Ordinal);
    }
}

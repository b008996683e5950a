using System.CommandLine;
using Shims.Control.Commands;
using Shims.Control.Recipes;
using Shims.Control.Servers;
using Shims.Testing;
using Command = Shims.Testing.Command;

namespace Shims.ControlTests.Recipes;

/// <summary>Recipes as data: how a file is read, and what it makes of a command line.</summary>
public sealed class RecipeReaderTests
{
    private const string Least = "title T\nabout A\npackage p\n[config]\nurl /t\nscript /t.cgi\n";

    public static TheoryData<string> Names => [.. RecipeCatalog.Names];

    [Fact]
    public void A_recipe_has_options_commands_notes_and_checks()
    {
        Recipe recipe = RecipeReader.Read("t", Least + "env A=b c\n\n# a comment\n[setup]\nmkdir x\n[notes]\nA note.\n"
            + "[check]\nform {url} a=b => c d\nvaries a => b\n");
        Assert.Equal(("T", "A", "/t", "A=b c"), (recipe.Title, recipe.About, recipe["url"], recipe["env"]));
        Assert.Equal(["mkdir x"], recipe.Setup);
        Assert.Equal(["A note."], recipe.Notes);
        Assert.Equal([new RecipeCheck("form", "{url} a=b", "c d"), new RecipeCheck("varies", "a => b", "")], recipe.Checks);
    }

    [Theory]
    [InlineData("about A\npackage p\n[config]\nurl /t\n", "no title")]
    [InlineData("title T\nabout A\n[config]\nurl /t\n", "where the program comes from")]
    [InlineData("title T\nabout A\npackage p\n", "no url")]
    [InlineData(Least + "colour blue\n", "line 7 is unknown in [config]: colour blue: write an option")]
    [InlineData(Least + "[tests]\nfront /\n", "line 8 is unknown in [tests]")]
    [InlineData(Least + "[check]\nlook /\n", "write one of front")]
    [InlineData(Least + "user\n", "line 7 is unknown in [config]: user")]
    [InlineData(Least + "user --app\n", "line 7 is unknown in [config]: user --app")]
    [InlineData(Least + "[setup]\nrm -r /\e[1A\e[2Ktrue\n", "line 8 has a control character")]
    public void A_mistake_in_a_recipe_is_named_with_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => RecipeReader.Read("t", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_recipe_is_not_longer_than_64_KiB()
    {
        string longest = Least + new string('\n', 65_536 - Least.Length);
        RecipeReader.Read("t", longest);
        Assert.Throws<InvalidDataException>(() => RecipeReader.Read("t", longest + "\n"));
    }

    [Fact]
    public void A_recipe_is_read_once_however_often_it_is_looked_up()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("t.recipe", Least);
        Recipe recipe = RecipeCatalog.Find(file)!;
        File.WriteAllText(file, "no recipe any more\n");
        Assert.Same(recipe, RecipeCatalog.Find(file));
        Assert.Same(RecipeCatalog.Find("git"), RecipeCatalog.Find("git"));
        Assert.Null(RecipeCatalog.Find(folder.PathTo("nosuch")));
    }

    [Fact]
    public void The_command_line_wins_over_the_recipe()
    {
        string[] args = RecipeArguments.Expand(["config", "--recipe=git", "--url", "/code/", "--env", "GIT_PROJECT_ROOT=/home/git",
            "--timeout=9", "--user-auth", "none"]);
        Assert.Equal(["config", "--recipe=git", "--url", "/code/", "--env", "GIT_PROJECT_ROOT=/home/git", "--timeout=9",
            "--script", "/usr/lib/git-core/git-http-backend", "--env", "GIT_HTTP_EXPORT_ALL=1", "--max-body", "1G", "--user", "git",
            "--writable", "/home/git", "--web", "nginx", "--super", "systemd", "--protocol", "scgi"], args);
    }

    [Fact]
    public void What_lies_beside_the_URL_moves_with_it() =>
        Assert.Contains("/code/static=/usr/share/gitweb/static",
            RecipeArguments.Expand(["config", "--recipe", "gitweb", "--url", "/code/web.cgi"]));

    [Theory, InlineData("config"), InlineData("config --recipe nosuch"), InlineData("config --recipe list")]
    [InlineData("doctor --recipe git"), InlineData("config --web nginx")]
    public void Without_a_recipe_the_command_line_stays_as_it_is(string line) =>
        Assert.Equal(line.Split(' '), RecipeArguments.Expand(line.Split(' ')));

    [Theory, MemberData(nameof(Names))]
    public void A_recipe_is_written_for_every_web_server_and_super_server_or_refused_with_the_reason(string name)
    {
        int written = 0;
        foreach (ServerKind web in ServerKinds.All.Where(kind => kind.IsWebServer))
        {
            foreach (ServerKind super in ServerKinds.All.Where(kind => !kind.IsWebServer))
            {
                string[] port = super.WithoutUnixSockets is null ? [] : ["--port", "9000"];
                var command = new ConfigCommand();
                ParseResult result = command.Parse(RecipeArguments.Expand(["config", "--recipe", name, "--web", web.Word,
                    "--super", super.Word, .. port])[1..]);
                if (result.Errors.Count == 0)
                {
                    Assert.NotEmpty(command.Pieces(result));
                    written++;
                }
                else
                    Assert.All(result.Errors, error => Assert.Matches("takes it away|needs a log-in: use another --web|leave --wait out|speaks no SCGI", error.Message));
            }
        }
        // nginx, Apache and lighttpd can do everything.
        Assert.True(written >= 3 * 6, $"{written}");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_recipe_gives_no_one_more_than_the_program_needs(string name)
    {
        Recipe recipe = RecipeCatalog.Find(name)!;
        // What is stored is a user's of its own, or of the package; never everyone's, and never root's process.
        Assert.DoesNotContain(recipe.Setup, static line => line.Contains("777", StringComparison.Ordinal)
            || line.Contains("o+w", StringComparison.Ordinal) || line.Contains("a+w", StringComparison.Ordinal));
        Assert.NotEqual("root", recipe["user"]);
        // Files that the web server sends are never those of an interpreter, nor data.
        string[] sent = recipe["files"]?.Split(',') ?? [];
        Assert.DoesNotContain(sent, extension => extension is ".php" or ".inc" or ".txt" or ".conf" or ".ini" or ".sqlite" or ".db"
            or ".sql" or ".log" or ".pl" or ".py" or ".rb");
        Assert.All(recipe.Options.Where(option => option.Name == "alias"), alias =>
            Assert.StartsWith("/", alias.Value.Split('=')[1]));
        Assert.Contains(recipe.Checks, check => check.Kind == "front" || check.Kind == "page");
    }

    [Fact]
    public async Task The_list_has_every_recipe_and_a_wrong_name_the_nearest()
    {
        string list = await Command.RunAsync(Repository.Program("shimctl"), ["config", "--recipe", "list"]);
        Assert.Equal(RecipeCatalog.Names, list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')[0]));
        LaunchResult result = await RunAsync("awstast");
        Assert.Equal((64, ""), (result.ExitCode, result.OutputText));
        Assert.Contains("there is no recipe \"awstast\": write awstats, or see shimctl config --recipe list", result.ErrorText,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_everyone_could_change_is_not_configured_without_a_log_in()
    {
        foreach (string[] words in (string[][])[["--user-auth", "none"], ["--user-auth=none", "--web", "caddy"]])
        {
            LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = ["config", "--recipe", "hgweb", .. words] });
            Assert.Equal((64, ""), (result.ExitCode, result.OutputText));
            Assert.Contains("hgweb lets everyone change what it keeps", result.ErrorText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_recipe_is_read_from_a_file_that_does_not_end()
    {
        LaunchResult result = await RunAsync("/dev/zero");
        Assert.Equal((64, ""), (result.ExitCode, result.OutputText));
        Assert.Contains("the recipe is longer than 65536 characters", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_in_a_file_is_used_or_its_mistake_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("own.recipe", Least);
        string text = await Command.RunAsync(Repository.Program("shimctl"), ["config", "--recipe", path]);
        Assert.Contains("/t.cgi", text, StringComparison.Ordinal);
        folder.Write("own.recipe", Least + "colour blue\n");
        LaunchResult result = await RunAsync(path);
        Assert.Equal((64, ""), (result.ExitCode, result.OutputText));
        Assert.Contains("shimctl: cannot use the recipe: line 7 is unknown in [config]: colour blue", result.ErrorText,
            StringComparison.Ordinal);
    }

    private static Task<LaunchResult> RunAsync(string recipe) => Launcher.RunAsync(new Launch
    {
        Program = Repository.Program("shimctl"),
        Arguments = ["config", "--recipe", recipe],
    });
}

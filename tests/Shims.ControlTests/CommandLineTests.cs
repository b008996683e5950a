using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>The command line of shimctl as a whole.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("config --web", "shimctl: --web needs a value")]
    [InlineData("config --web nginx --web nginx --super inetd --protocol scgi --url /c --dir /srv", "shimctl: --web is given 2 times, and once is enough")]
    [InlineData("config --web nonsense --super inetd --protocol scgi --url /c --dir /srv", "--web takes caddy, apache, lighttpd, ")]
    [InlineData("config --web ngnix --super inetd --protocol scgi --url /c --dir /srv", "not \"ngnix\": write for example --web nginx")]
    [InlineData("config --web nginks --super inetd --protocol scgi --url /c --dir /srv", "not \"nginks\": write for example --web nginx")]
    [InlineData("request --too unix:/x /", "unknown option --too: write --to")]
    [InlineData("config --web nginx --supre inetd --protocol scgi --url /c --dir /srv", "shimctl: unknown option --supre: write --super")]
    [InlineData("config --super inetd --protocol scgi --url /c --dir /srv", "shimctl: --web is missing")]
    [InlineData("config --web nginx --super inetd --protocol scgi --url /c --dir /srv --port x", "--port takes a number")]
    [InlineData("serv /tmp", "shimctl: unknown command serv: write serve")]
    [InlineData("help serv", "shimctl: unknown command serv: write serve")]
    [InlineData("help --jso", "shimctl: unknown option --jso")]
    [InlineData("doctor --jsn /tmp", "unknown option --jsn: write --json, or write ./--jsn for a file of that name")]
    [InlineData("completions", "shimctl: SHELL is missing")]
    [InlineData("completions bash zsh", "shimctl: unexpected argument zsh: leave it out")]
    [InlineData("serve --nonsense", "unknown option --nonsense")]
    [InlineData("serve --env nonsense /tmp", "--env LANG=C.UTF-8")]
    [InlineData("serve --scgi=nonsense --fastcgi=nonsense /tmp", "")]
    [InlineData("doctor --nonsense", "unknown option --nonsense")]
    [InlineData("doctor --patience nan /tmp", "--patience 10")]
    [InlineData("doctor --patience 0 /tmp", "--patience 10")]
    [InlineData("show --nonsense", "write ./--nonsense for a file of that name")]
    [InlineData("show ", "WHAT is empty")]
    [InlineData("replay ", "FILE is empty")]
    [InlineData("serve ", "WHAT is empty")]
    [InlineData("doctor ", "WHAT is empty")]
    [InlineData("completions tcsh", "SHELL takes bash, zsh or fish, not \"tcsh\"")]
    public async Task Shimctl_exits_with_64_for_wrong_options_and_names_the_fix(string arguments, string expected)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = arguments.Split(' ') });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
        // The error and the pointer to --help, without a stack trace.
        Assert.Equal(2, result.ErrorText.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task Shimctl_points_to_its_help_for_an_unknown_command()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.PathTo("bin/shimctl"), Arguments = ["nonsense"] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("nonsense", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("shimctl --help", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shimctl_without_a_command_says_that_one_is_missing()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl") });
        Assert.Equal((64, "shimctl: no command is given\nSee shimctl --help\n"), (result.ExitCode, result.ErrorText));
    }

    [Theory, InlineData(""), InlineData("doctor"), InlineData("help")]
    public async Task The_command_help_prints_what_the_option_help_prints(string command)
    {
        string[] words = command.Length == 0 ? [] : [command];
        Assert.Equal(await Command.RunAsync(Repository.Program("shimctl"), [.. words, "--help"]), await Command.RunAsync(Repository.Program("shimctl"), ["help", .. words]));
    }

    [Theory]
    [InlineData("shimctl", "--version")]
    [InlineData("shimctl", "--help")]
    [InlineData("shimctl", "help doctor")]
    [InlineData("shimctl", "nonsense")]
    [InlineData("scgi-run", "--version")]
    [InlineData("fcgi-run", "--help")]
    [InlineData("scgi-run", "--nonsense")]
    [InlineData("shim-dotnet", "--version")]
    [InlineData("shim-dotnet", "--help")]
    public async Task A_terminal_gets_no_escape_sequence_where_no_colour_is_wanted(string program, string arguments)
    {
        Assert.SkipUnless(Tool.Exists("script"), "needs script(1)");
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf("script"), Arguments = ["-qec", $"{Repository.Program(program)} {arguments}", "/dev/null"] }
            .WithEnvironment("TERM=xterm", "NO_COLOR=1"));
        Assert.NotEqual("", result.OutputText);
        Assert.DoesNotContain('\e', result.OutputText);
    }
}

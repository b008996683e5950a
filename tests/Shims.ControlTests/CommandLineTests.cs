using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>The command line of shimctl as a whole.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("config --web", "argument missing for option: '--web'")]
    [InlineData("config --web nginx --web nginx --super inetd --protocol scgi --url /c --dir /srv", "'--web' expects a single argument")]
    [InlineData("config --web nonsense --super inetd --protocol scgi --url /c --dir /srv", "Must be one of: ")]
    [InlineData("serve --nonsense", "unknown option --nonsense")]
    [InlineData("serve --env nonsense /tmp", "--env LANG=C.UTF-8")]
    [InlineData("serve --scgi=nonsense --fastcgi=nonsense /tmp", "")]
    [InlineData("doctor --nonsense", "unknown option --nonsense")]
    [InlineData("doctor --patience nan /tmp", "--patience 10")]
    [InlineData("doctor --patience 0 /tmp", "--patience 10")]
    [InlineData("show --nonsense", "write ./--nonsense for a file of that name")]
    [InlineData("show ", "FILE is empty")]
    [InlineData("replay ", "FILE is empty")]
    [InlineData("serve ", "WHAT is empty")]
    [InlineData("doctor ", "WHAT is empty")]
    [InlineData("completions tcsh", "Must be one of: 'bash' 'zsh' 'fish'")]
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
}

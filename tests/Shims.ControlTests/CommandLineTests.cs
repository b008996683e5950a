using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>What shimctl makes of its command line as a whole.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("config --web", "argument missing for option: '--web'")]
    [InlineData("config --web nginx --web nginx --super inetd --protocol scgi --url /c --dir /srv", "'--web' expects a single argument")]
    [InlineData("config --web nonsense --super inetd --protocol scgi --url /c --dir /srv", "Must be one of: 'nginx' 'apache'")]
    [InlineData("serve --nonsense", "unknown option --nonsense")]
    [InlineData("serve --env nonsense /tmp", "--env LANG=C.UTF-8")]
    [InlineData("serve --scgi=nonsense --fastcgi=nonsense /tmp", "")]
    [InlineData("doctor --nonsense", "unknown option --nonsense")]
    [InlineData("doctor --patience nan /tmp", "--patience 10")]
    [InlineData("doctor --patience 0 /tmp", "--patience 10")]
    [InlineData("show --nonsense", "a file of that name is written ./--nonsense")]
    [InlineData("show ", "FILE is empty")]
    [InlineData("replay ", "FILE is empty")]
    [InlineData("serve ", "WHAT is empty")]
    [InlineData("doctor ", "WHAT is empty")]
    [InlineData("completions tcsh", "Must be one of: 'bash' 'zsh' 'fish'")]
    public async Task Options_that_are_wrong_are_usage_errors_with_a_cure(string arguments, string expected)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = arguments.Split(' ') });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
        // The fault, and where to look: nothing of the program's inside.
        Assert.Equal(2, result.ErrorText.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task A_command_that_is_none_is_a_usage_error_that_says_where_to_look()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.PathTo("bin/shimctl"), Arguments = ["nonsense"] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("nonsense", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("shimctl --help", result.ErrorText, StringComparison.Ordinal);
    }
}

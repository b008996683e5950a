using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>What shimctl makes of its command line as a whole.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task A_command_that_is_none_is_a_usage_error_that_says_where_to_look()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.PathTo("bin/shimctl"), Arguments = ["nonsense"] }, TimeSpan.FromMinutes(1));
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("nonsense", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("shimctl --help", result.ErrorText, StringComparison.Ordinal);
    }
}

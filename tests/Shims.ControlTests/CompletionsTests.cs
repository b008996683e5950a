using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>Completion scripts in the shells themselves.</summary>
public sealed class CompletionsTests
{
    [Theory]
    [InlineData("shimctl req", "request")]
    [InlineData("shimctl request --script-f", "--script-filename")]
    [InlineData("shimctl completions ba", "bash")]
    public async Task Bash_completes_commands_and_options_of_shimctl(string line, string expected)
    {
        Requires.Tools("bash");
        // As bash does on TAB, with the variables that it sets.
        string script = $$"""
            eval "$(shimctl completions bash)"
            COMP_LINE='{{line}}' COMP_POINT=${#COMP_LINE}
            COMP_WORDS=({{line}}) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            handler=$(complete -p shimctl | sed 's/.*-F \([^ ]*\).*/\1/')
            $handler
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        string output = await Command.RunAsync("bash", ["--norc", "-c", script], environment: [$"PATH={Repository.PathTo("bin")}:/usr/bin:/bin"]);
        Assert.Equal([expected], output.Trim().Split('\n'));
    }

    [Theory, InlineData("bash"), InlineData("zsh"), InlineData("fish")]
    public async Task Completion_script_is_valid_in_its_shell(string shell)
    {
        Requires.Tools(shell);
        using var folder = new TemporaryFolder();
        string script = folder.Write("script", await Command.RunAsync(Repository.Program("shimctl"), ["completions", shell]));
        Assert.Contains("[suggest:", await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Command.RunAsync(shell, ["-n", script]);
    }
}

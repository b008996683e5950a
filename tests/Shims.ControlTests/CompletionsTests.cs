using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>Completion, in the shells themselves.</summary>
public sealed class CompletionsTests
{
    [Theory]
    [InlineData("shimctl req", "request")]
    [InlineData("shimctl request --script-f", "--script-filename")]
    [InlineData("shimctl completions ba", "bash")]
    public async Task Bash_completes_what_has_been_begun(string line, string expected)
    {
        Requires.Tools("bash");
        // What bash does on TAB, with the variables that it sets for it.
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
    public async Task The_shell_reads_its_script_without_a_complaint(string shell)
    {
        Requires.Tools(shell);
        using var folder = new TemporaryFolder();
        string script = folder.Write("script", await Command.RunAsync(Repository.Program("shimctl"), ["completions", shell]));
        Assert.Contains("[suggest:", await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Command.RunAsync(shell, ["-n", script]);
    }
}

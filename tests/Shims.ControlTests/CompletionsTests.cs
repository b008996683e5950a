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

    [Theory]
    [InlineData("scgi-run --mode su", "supervise")]
    [InlineData("scgi-run --log-f", "--log-format")]
    [InlineData("fcgi-run --errors b", "browser")]
    [InlineData("shim-dotnet --v", "--version")]
    [InlineData("wsgi-run --h", "--help")]
    public async Task Bash_completes_the_options_of_the_other_programs_and_their_words(string line, string expected)
    {
        Requires.Tools("bash");
        string script = $$"""
            eval "$({{Repository.Program("shimctl")}} completions bash)"
            COMP_LINE='{{line}}' COMP_POINT=${#COMP_LINE}
            COMP_WORDS=({{line}}) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            $(complete -p ${COMP_WORDS[0]} | sed 's/.*-F \([^ ]*\).*/\1/')
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Assert.Equal([expected], (await Command.RunAsync("bash", ["--norc", "-c", script])).Trim().Split('\n'));
    }

    [Theory]
    [InlineData("scgi-run --mode su", "supervise")]
    [InlineData("fcgi-run --log-f", "--log-format")]
    public async Task Fish_completes_options_and_their_words(string line, string expected)
    {
        Requires.Tools("fish");
        using var home = new TemporaryFolder();
        string output = await Command.RunAsync("fish", ["--no-config", "-c", $"{Repository.Program("shimctl")} completions fish | source; complete -C '{line}'"],
            environment: [$"PATH={Repository.PathTo("bin")}:/usr/bin:/bin", $"HOME={home.Path}"]);
        Assert.Contains(output.Split('\n'), suggestion => suggestion.Split('\t')[0] == expected);
    }

    [Fact]
    public async Task Completions_do_not_suggest_paths_for_help()
    {
        string suggestions = await Command.RunAsync(Repository.Program("shimctl"), ["[suggest:8]", "shimctl "]);
        Assert.Contains("doctor", suggestions, StringComparison.Ordinal);
        Assert.DoesNotContain("/?", suggestions, StringComparison.Ordinal);
        Assert.DoesNotContain("/h", suggestions, StringComparison.Ordinal);
        Assert.Equal("root\n", await Command.RunAsync(Repository.Program("shimctl"), ["[suggest:25]", "shimctl doctor --user roo"]));
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

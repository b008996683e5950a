using Shims.Control.Processes;
using Shims.Testing;

namespace Shims.ControlTests.Processes;

/// <summary>Quoting and splitting of command lines.</summary>
public sealed class ShellWordsTests
{
    [Fact]
    public async Task Quoted_words_are_read_unchanged_by_a_shell()
    {
        string[] words = ["", " ", "plain", "it's", "\"", "$HOME", "`id`", "a;b", "\\", "*", "new\nline", "~", "é", "-n", "'''", "a=b", "#", "!x"];
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = "/bin/sh", Arguments = ["-c", $"printf '%s\\0' {ShellWords.Join(words)}"] });
        Assert.Equal(words, result.OutputText.Split('\0')[..^1]);
    }

    [Theory]
    [InlineData("a b", new[] { "a", "b" })]
    [InlineData("a 'b c' \"d e\"", new[] { "a", "b c", "d e" })]
    [InlineData("a 'it'\\''s'", new[] { "a", "it's" })]
    [InlineData("a \"\\\"q\\\" \\\\ \\n\"", new[] { "a", "\"q\" \\ \\n" })]
    [InlineData("a ''", new[] { "a", "" })]
    [InlineData("a b\\ c", new[] { "a", "b c" })]
    [InlineData("a b~ c=d", new[] { "a", "b~", "c=d" })]
    [InlineData("a '$x|*'", new[] { "a", "$x|*" })]
    public void Command_line_is_split_as_by_a_shell(string command, string[] words) => Assert.Equal(words, ShellWords.Split(command, out _));
}

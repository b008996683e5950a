using Shims.Control.Doctor;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Commands that can be run as they are printed.</summary>
public sealed class ShellWordTests
{
    [Fact]
    public async Task A_shell_reads_every_word_back_as_it_was()
    {
        string[] words = ["", " ", "plain", "it's", "\"", "$HOME", "`id`", "a;b", "\\", "*", "new\nline", "~", "é", "-n", "'''", "a=b", "#", "!x"];
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = "/bin/sh", Arguments = ["-c", $"printf '%s\\0' {ShellWord.Join(words)}"] });
        Assert.Equal(words, result.OutputText.Split('\0')[..^1]);
    }
}

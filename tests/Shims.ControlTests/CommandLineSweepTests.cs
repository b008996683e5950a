using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>Wrong command lines of every kind end with a message and exit status 64, never with an unhandled exception.</summary>
public sealed partial class CommandLineSweepTests
{
    private static readonly string[] s_commands = ["", "doctor", "config", "request", "serve", "status", "completions", "show", "replay", "help"];

    /// <summary>The exit statuses of the manual page; 125 is that of replay.</summary>
    private static readonly int[] s_documented = [0, 1, 64, 71, 76, 125];

    /// <summary>Typical wrong words. $L is a word of 100000 letters, $B one that is not UTF-8.</summary>
    private static readonly string[] s_words = ["''", "-", "--", "\"$L\"", "\"$B\"", "\"x$B=$B\"", "'\n'", "@", "=", "a=b", "0", "-1", "99999999999999999999", "NaN", "1e999", "/nosuch/", "unix:", "tcp:", "'tcp:[::1]:x'", "exec:", "'exec:\"'", "http://", "[", "'%'"];

    public static TheoryData<string> Commands => [.. s_commands];

    [Theory, MemberData(nameof(Commands)), Trait("fault", "D2")]
    public async Task Shimctl_reports_every_wrong_command_line_without_an_exception(string command)
    {
        string help = await Command.RunAsync(Repository.Program("shimctl"), command.Length == 0 ? ["--help"] : [command, "--help"]);
        string[] options = [.. Option().Matches(help).Select(match => match.Value.Trim()).Where(option => option is not ("--help" or "--version" or "-h" or "-?")).Distinct()];
        string[] lines =
        [
            .. s_words.Where(word => word != "--"),
            .. Enumerable.Range('!', '~' - '!').Select(letter => $"'-{(letter == '\'' ? "'\\''" : (char)letter)}'").Where(word => word is not ("'-h'" or "'-?'")),
            // Two more words that do not exist, so that no valid command line is run.
            .. options.Select(option => $"{option} /nosuch/a /nosuch/b"),
            .. options.Select(option => $"{option}= /nosuch/b"),
            .. options.SelectMany(option => s_words.Select(word => $"{option} {word} /nosuch/b")),
        ];
        // An ordinary run takes the same few lines each time, a long one all of them.
        var random = new Random(4711);
        random.Shuffle(lines);
        using var folder = new TemporaryFolder();
        foreach (string line in lines.Take(TestExtent.Of(20, int.MaxValue)))
        {
            LaunchResult result = await Launcher.RunAsync(new Launch
            {
                Program = "/bin/sh",
                Arguments = ["-c", $"L=$(printf '%0100000d' 0); B=$(printf '\\377\\376'); exec \"$0\" {command} {line}", Repository.Program("shimctl")],
                Folder = folder.Path,
            });
            string said = result.ErrorText + result.OutputText;
            Assert.True(s_documented.Contains(result.ExitCode), $"exit status {result.ExitCode} of {command} {line}: {said[..Math.Min(said.Length, 2000)]}");
            Assert.DoesNotContain("Unhandled", said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
            if (result.ExitCode == 64)
                Assert.True(result.OutputText.Length == 0 && result.ErrorText.StartsWith("shimctl: ", StringComparison.Ordinal), $"{command} {line}: {said[..Math.Min(said.Length, 2000)]}");
        }
    }

    [Theory, Trait("fault", "D2"), InlineData("-f"), InlineData("-"), InlineData("-V"), InlineData("nosuch"), InlineData("''"), InlineData("\"$B\"")]
    public async Task Shimctl_exits_with_64_for_a_word_that_is_not_a_command(string word)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = "/bin/sh", Arguments = ["-c", $"B=$(printf '\\377'); exec \"$0\" {word}", Repository.Program("shimctl")] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("See shimctl --help", result.ErrorText, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?<=^  (-\S, )*)--?[a-zA-Z?][a-z-]*", RegexOptions.Multiline)]
    private static partial Regex Option();
}

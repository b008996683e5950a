namespace Shims.ProgramTests;

/// <summary>Whatever the command line is: words, exit status 64, and never an exception. And the habits of those who come from fcgiwrap and spawn-fcgi.</summary>
[Trait("fault", "D2")]
public sealed class WrongCommandLineTests : ProgramTest
{
    private const string Note = "the options -f and -c of fcgiwrap do nothing here and can be left out: ";

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Every_letter_alone_ends_with_64_and_one_line(RunModeUnderTest mode)
    {
        // An ordinary run takes every third.
        for (char letter = '!'; letter <= '~'; letter += (char)TestExtent.Of(3, 1))
        {
            // Help.
            if (letter is 'h' or '?')
                continue;
            await RefusedAsync(mode, $"-{letter}");
            await RefusedAsync(mode, $"-{letter}", Folder.MarkingScript(), "-f", "-c", "-");
        }

        async Task RefusedAsync(RunModeUnderTest mode, string option, params string[] further)
        {
            // With a TARGET these are right.
            if (further.Length > 0 && option is "-f" or "-c" or "--")
                return;
            await RefusalAsync(mode, [option, .. further]);
        }
    }

    public static TheoryData<string> Words { get; } =
    [
        "-", "--", "---", "--=", "-=", "--x", "-xyz", "--mode", "--stderr", "--env", "--env-file", "--pass-env", "--allow-env", "--drop-env", "--options", "--errors", "--timeout", "--header-timeout",
        "--max-header", "--max-body", "--cpu", "--memory", "--max", "--max-wait", "--client-gone", "--interpreter", "--index", "--truthful", "--status", "--record", "--record-all", "--record-secrets", "--idle", "--mode=", "--env=", "--options=", "--truthful=x",
        "", "-\n", "-\u001b[31m", "-\u202e", "-\t", "-é", "-\U0001F600",
    ];

    [Theory, MemberData(nameof(Words))]
    public async Task Every_option_alone_and_whatever_looks_like_one_ends_with_64_and_one_line(string word)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
            await RefusalAsync(mode, word);
    }

    [Theory]
    [InlineData("--timout 30", "unknown option --timout: write --timeout")]
    [InlineData("--tiemout=30", "unknown option --tiemout: write --timeout")]
    [InlineData("--recrod /tmp", "unknown option --recrod: write --record")]
    [InlineData("--frobnicate", "unknown option --frobnicate: see ")]
    [InlineData("--mode relays", "--mode takes auto", "not \"relays\": write for example --mode relay")]
    [InlineData("--errors email", "--errors takes log or browser, not \"email\": write for example --errors log")]
    [InlineData("--truthful=maybe", "unexpected argument maybe: leave it out")]
    [InlineData("--timeout 1 --timeout 2", "--timeout is given 2 times, and once is enough: see ")]
    public async Task A_wrong_option_is_named_with_the_one_that_was_meant(string options, params string[] expected)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
        {
            string said = await RefusalAsync(mode, [.. options.Split(' '), Folder.MarkingScript()]);
            Assert.All(expected, text => Assert.Contains(text, said, StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_very_long_word_of_the_command_line_is_not_repeated_whole(RunModeUnderTest mode)
    {
        string endless = new('x', 100_000);
        foreach (string[] line in (string[][])[["-" + endless], ["--" + endless], ["--mode", endless], ["--env", endless], ["--timeout", endless], ["--stderr"], ["-s", endless], ["--allow-env", endless + "-"]])
            Assert.InRange((await RefusalAsync(mode, line)).Length, 1, 600);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_word_that_is_not_UTF_8_is_refused_as_an_option_and_taken_as_a_path(RunModeUnderTest mode)
    {
        foreach (string line in (string[])[@"--env A=\377 TARGET", @"-\377", @"--\377 TARGET", @"--env-file \377 TARGET"])
        {
            string words = string.Join(' ', line.Replace("TARGET", Folder.MarkingScript(), StringComparison.Ordinal).Split(' ').Select(word => $"\"$(printf '{word.Replace("-", @"\055", StringComparison.Ordinal)}')\""));
            LaunchResult result = await RunAsync(new Launch { Program = "/bin/sh", Arguments = ["-c", $"exec {mode.Program()} {words}"] });
            Assert.True(result.ExitCode == 64, $"{line}: exit {result.ExitCode}, {result.ErrorText}");
            Assert.Single(result.ErrorText.TrimEnd('\n').Split('\n'));
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Without_TARGET_the_line_to_write_is_told_and_it_names_no_root(RunModeUnderTest mode)
    {
        foreach (string[] line in (string[][])[[], ["-f"], ["-c", "4"], ["-f", "-c", "4"], ["--truthful"], ["--"]])
        {
            string told = await RefusalAsync(mode, line);
            Assert.Contains($"TARGET is missing: write the script to run, or the directory of scripts with a slash at its end: {mode.ProgramName()} /usr/lib/cgi-bin/", told, StringComparison.Ordinal);
            Assert.DoesNotContain($"{mode.ProgramName()} /\n", told, StringComparison.Ordinal);
        }
    }

    [Theory, Trait("fault", "L2")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("///")]
    public async Task The_root_directory_is_refused_as_TARGET(string target)
    {
        string script = Folder.MarkingScript();
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.Supervise, RunModeUnderTest.FastCgi])
        {
            Response answer = await new Invocation(mode, target).AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.ExitCode == 64, answer.ToString());
            Assert.Contains("TARGET is the root directory, and would let a request run any file of the machine: name the script, or the directory of scripts with a slash at its end", answer.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("end TARGET with a slash", answer.Log, StringComparison.Ordinal);
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Of_fcgiwrap_f_and_c_are_taken_and_one_line_says_that_they_do_nothing(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved %s' \"$1\"");
        foreach (string[] options in (string[][])[["-f"], ["-c", "4"], ["-f", "--timeout", "30", "-c", "4"]])
        {
            Response answer = await new Invocation(mode, script) { Options = options, Arguments = ["-f"] }.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "served -f", ExitCode: 0 }, answer.ToString());
            Assert.Contains(Note, Assert.Single(answer.LogLines), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Options_by_which_a_program_listens_lead_to_the_line_with_spawn_fcgi(RunModeUnderTest mode)
    {
        (string[] Line, string Expected)[] cases =
        [
            (["-s", "unix:/run/fcgiwrap.socket", "TARGET"], $"write spawn-fcgi -u www-data -U www-data -M 0600 -s /run/fcgiwrap.socket -- {mode.ProgramName()} TARGET, or let inetd or systemd listen"),
            (["-f", "-s", "tcp:127.0.0.1:9000"], $"write spawn-fcgi -u www-data -a 127.0.0.1 -p 9000 -- {mode.ProgramName()} TARGET"),
            (["-s", "tcp6:[::1]:9000"], $"write spawn-fcgi -u www-data -a [::1] -p 9000 -- {mode.ProgramName()} TARGET"),
            (["-s"], "unknown option -s"),
            (["-p", "9000", "-n", "TARGET"], $"unknown option -p: {mode.ProgramName()} listens by itself only with --listen"),
            (["-n", "TARGET"], "unknown option -n"),
            (["-u", "www-data", "-s", "/run/x", "--", "TARGET"], "unknown option -u"),
        ];
        foreach ((string[] line, string expected) in cases)
            Assert.Contains(expected, await RefusalAsync(mode, [.. line.Select(word => word == "TARGET" ? Folder.MarkingScript() : word)]), StringComparison.Ordinal);
    }

    /// <returns>The one line that was told.</returns>
    private async Task<string> RefusalAsync(RunModeUnderTest mode, params string[] line)
    {
        LaunchResult result = await RunAsync(new Launch { Program = mode.Program(), Arguments = line });
        Assert.True(result.ExitCode == 64, $"{mode} {string.Join(' ', line)}: exit {result.ExitCode}, {result.ErrorText}");
        Assert.Equal("", result.OutputText);
        Assert.StartsWith(mode.ProgramName() + "[", result.ErrorText, StringComparison.Ordinal);
        string told = Assert.Single(result.ErrorText.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(told, char.IsControl);
        Assert.False(Folder.HasRun);
        return told;
    }

    private static async Task<LaunchResult> RunAsync(Launch launch)
    {
        await using LaunchedProgram program = Invocation.Start(launch);
        return await program.WaitAsync(Patience.Limit);
    }
}

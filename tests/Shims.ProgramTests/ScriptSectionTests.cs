namespace Shims.ProgramTests;

/// <summary>Options of one script: sections in a file of --options.</summary>
public sealed class ScriptSectionTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_section_is_for_one_script_and_wins_over_the_options_of_all(RunModeUnderTest mode)
    {
        string options = Options("--env A=all\n--env B=all\n--cpu 20\n\n[sub/one.cgi]\n--env B=one\n--env-file {secrets}\n--allow-env TOKEN\n--cpu 7\n--memory 256M\n[other.cgi]\n--env A=other\n");
        const string tell = "printf 'Content-Type: text/plain\\n\\n%s' \"$A|$B|$C|$TOKEN|$(ulimit -t)|$(ulimit -v)\"";
        string one = Folder.Shell(tell, "cgi/sub/one.cgi"), other = Folder.Shell(tell, "cgi/other.cgi"), none = Folder.Shell(tell, "cgi/one.cgi");
        var gateway = new Invocation(mode, Folder.PathTo("cgi/")) { Options = ["--options", options] };
        Assert.Equal("all|one|secret|of the request|7|262144", (await gateway.AskAsync(RequestVariables.For("GET", one).With("TOKEN", "of the request"))).Body);
        Response answer = await gateway.AskAsync(RequestVariables.For("GET", other).With("TOKEN", "of the request"));
        Assert.Equal("other|all|||20|unlimited", answer.Body);
        Assert.Contains("held back because they are not CGI: TOKEN", answer.Log, StringComparison.Ordinal);
        Assert.Equal("all|all|||20|unlimited", (await gateway.AskAsync(RequestVariables.For("GET", none))).Body);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_has_the_interpreter_of_its_section_whatever_its_name(RunModeUnderTest mode)
    {
        string options = Options("[report]\n--interpreter /bin/sh\n");
        string script = Folder.Write("cgi/report", "printf 'Content-Type: text/plain\\n\\n%s' \"$0\"");
        Response answer = await new Invocation(mode, Folder.PathTo("cgi/")) { Options = ["--allow-writable", "--options", options] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == script, answer.ToString());
        string other = Folder.Write("cgi/other", "");
        answer = await new Invocation(mode, Folder.PathTo("cgi/")) { Options = ["--options", options] }.AskAsync(RequestVariables.For("GET", other));
        Assert.True(answer.Status == 403, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_has_the_time_of_its_section(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string options = Options("--timeout 1\n[slow.cgi]\n--timeout 100\n");
        string slow = Folder.Shell($"{witness.Appear}; {gate.Pass}; printf 'Content-Type: text/plain\\n\\nslow'", "cgi/slow.cgi"), endless = Folder.Shell("exec sleep 100", "cgi/endless.cgi");
        var gateway = new Invocation(mode, Folder.PathTo("cgi/")) { Options = ["--options", options] };
        Task<Response> first = gateway.AskAsync(RequestVariables.For("GET", slow));
        await witness.LineAsync();
        Response second = await gateway.AskAsync(RequestVariables.For("GET", endless));
        Assert.Contains("took longer than 1 s and was ended", second.Log, StringComparison.Ordinal);
        await gate.OpenAsync();
        Assert.Equal("slow", (await first).Body);
        // And the other way round, where all others have no limit.
        gateway = new Invocation(mode, Folder.PathTo("cgi/")) { Options = ["--options", Options("[endless.cgi]\n--timeout 1\n")] };
        Assert.Contains("took longer than 1 s and was ended", (await gateway.AskAsync(RequestVariables.For("GET", endless))).Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[/x.cgi]\n", "it is not the path of a script below TARGET")]
    [InlineData("[]\n", "it is not the path of a script below TARGET")]
    [InlineData("[a/../x.cgi]\n", "it is not the path of a script below TARGET")]
    [InlineData("[a//x.cgi]\n", "it is not the path of a script below TARGET")]
    [InlineData("[x.cgi]\n--timeout 1\n[x.cgi]\n--cpu 1\n", "the script has a section already")]
    [InlineData("[x.cgi]\n--max 3\n", "--max is for all scripts: write it above the first section")]
    [InlineData("[x.cgi]\n--index index.cgi\n", "--index is for all scripts")]
    [InlineData("[x.cgi]\n--timeout soon\n", "--timeout takes a whole number")]
    [InlineData("[x.cgi]\n--interpreter .pl=/usr/bin/perl\n", "--interpreter takes the full path of a program in a section")]
    [InlineData("[x.cgi]\n--interpreter /usr/bin/php8.2\n", "--interpreter names /usr/bin/php8.2, PHP of the command line, which writes no header")]
    [InlineData("[x.cgi]\n--nosuch\n", "[x.cgi]")]
    [InlineData("[x.cgi\n", "line 1 is not an option")]
    public async Task A_section_that_is_wrong_is_refused_with_its_line(string text, string expected)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
        {
            LaunchResult result = await Launcher.RunAsync(new Launch { Program = mode.Program(), Arguments = ["--options", Options(text), Folder.Target] });
            Assert.Equal(64, result.ExitCode);
            Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
            Assert.Contains("line ", result.ErrorText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_section_needs_a_directory_as_TARGET()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.ScgiRun, Arguments = ["--options", Options("[x.cgi]\n--timeout 1\n"), Folder.Shell("exit")] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("it is for one script of a directory, and TARGET is a script", result.ErrorText, StringComparison.Ordinal);
    }

    private string Options(string text)
    {
        string secrets = Folder.Write("secrets", "C=secret\n");
        File.SetUnixFileMode(secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string options = Folder.Write("options", text.Replace("{secrets}", secrets, StringComparison.Ordinal));
        File.SetUnixFileMode(options, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return options;
    }
}

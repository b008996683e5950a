namespace Shims.ProgramTests;

/// <summary>What the command line has in a file: --env-file and --options.</summary>
public sealed class SettingsFileTests : ProgramTest
{
    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "L14")]
    public async Task Secrets_are_set_from_a_file_byte_for_byte(RunModeUnderTest mode)
    {
        string file = Settings("# of the database\n\nPASSWORD=a b \"c\" # d=\nEMPTY=\n  INDENTED=1\t\r\nTWICE=1\nTWICE=2\nBYTES=\u00E9\nBOTH=file\nLD_LIBRARY_PATH=/srv/lib\nlast=no line end");
        string script = Folder.EnvironmentScript();
        Response answer = await new Invocation(mode, script) { Options = ["--env", "BOTH=line", "--env-file", file] }.AskAsync(RequestVariables.For("GET", script).With("PASSWORD", "of the request"));
        ILookup<string, string> environment = EnvironmentOf(answer);
        (string, string)[] expected = [("PASSWORD", "a b \"c\" # d="), ("EMPTY", ""), ("INDENTED", "1"), ("TWICE", "2"), ("BYTES", "\u00C3\u00A9"), ("BOTH", "line"), ("LD_LIBRARY_PATH", "/srv/lib"), ("last", "no line end")];
        foreach ((string name, string value) in expected)
            Assert.Equal([value], environment[name]);
        Assert.Equal("", answer.Log);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "L14")]
    public async Task A_secret_is_not_in_the_arguments_of_the_process(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$PASSWORD\"");
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--env-file", Settings("PASSWORD=hunter2\n")] }.Listen();
        Assert.Equal("hunter2", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        string process = $"/proc/{program.Program.ProcessId}";
        Assert.DoesNotContain("hunter2", File.ReadAllText(process + "/cmdline"), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", File.ReadAllText(process + "/environ"), StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "L14")]
    [InlineData("A=hunter2\n", OwnerAndGroup | UnixFileMode.OtherRead, "it is world-readable: chmod o-r ")]
    [InlineData("A=hunter2\n", OwnerAndGroup | UnixFileMode.OtherWrite, "it is world-writable: chmod o-w ")]
    [InlineData("A=1\nhunter2\n", OwnerAndGroup, "line 2 is not NAME=VALUE: ")]
    [InlineData("# \n\nB-C=hunter2\n", OwnerAndGroup, "line 3 is not NAME=VALUE: ")]
    [InlineData("=hunter2\n", OwnerAndGroup, "line 1 is not NAME=VALUE: ")]
    [InlineData("export A=hunter2\n", OwnerAndGroup, "line 1 is not NAME=VALUE: ")]
    [InlineData("A=hunter\02\n", OwnerAndGroup, "line 1 is not NAME=VALUE: ")]
    public async Task A_file_of_secrets_that_is_not_one_is_refused_and_not_told(string content, UnixFileMode mode, string expected)
    {
        string file = Settings(content, mode);
        LaunchResult result = await RefusedAsync("--env-file", file);
        Assert.Contains($"--env-file {file}: {expected}", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--env-file")]
    [InlineData("--options")]
    public async Task A_file_that_is_not_there_or_none_is_refused(string option)
    {
        Assert.Contains("there is no such file", (await RefusedAsync(option, Folder.PathTo("none"))).ErrorText, StringComparison.Ordinal);
        foreach (string path in (string[])[Folder.Target, "/dev/zero", "", "a\nb", new string('x', 100_000)])
            await RefusedAsync(option, path);
        await RefusedAsync(option, Settings(new string('\n', (1 << 20) + 1)));
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Options_come_from_a_file_one_a_line(RunModeUnderTest mode)
    {
        string file = Settings("""
            # What does not fit into inetd.conf
            --env GREETING=hello,  world
            --env=JOINED=a b
                --timeout   30
            --allow-env MYAPP_*

            """ + string.Concat(Enumerable.Range(0, 40).Select(number => $"--env N{number}={number}\n")));
        string script = Folder.EnvironmentScript();
        Response answer = await new Invocation(mode, script) { Options = ["--env", "N0=before", "--options", file, "--env", "N1=after"] }.AskAsync(RequestVariables.For("GET", script).With("MYAPP_A", "1"));
        ILookup<string, string> environment = EnvironmentOf(answer);
        (string, string)[] expected = [("GREETING", "hello,  world"), ("JOINED", "a b"), ("MYAPP_A", "1"), ("N0", "0"), ("N1", "after"), ("N39", "39")];
        foreach ((string name, string value) in expected)
            Assert.Equal([value], environment[name]);
        Assert.Equal("", answer.Log);
    }

    [Fact]
    public async Task Words_of_the_script_are_not_options_of_the_program()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$*\"");
        var invocation = new Invocation(RunModeUnderTest.Supervise, script) { Options = ["--env", "A=--options", $"--options={Settings("--truthful\n")}"], Arguments = ["--options", "x"] };
        Assert.Equal("--options x", (await invocation.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory]
    [InlineData("--truthful\nTARGET\n", "line 2 is not an option: ")]
    [InlineData("-f\n", "line 1 is not an option: ")]
    [InlineData("--\n", "line 1 is not an option: ")]
    [InlineData("\n--options other\n", "line 2 names another such file: ")]
    [InlineData("--options=other\n", "line 1 names another such file: ")]
    [InlineData("--no-such-option\n", "unknown option --no-such-option: ")]
    [InlineData("--timeout soon\n", "--timeout takes a whole number, not \"soon\"")]
    [InlineData("--timeout\n", "--timeout")]
    public async Task A_wrong_line_is_named(string content, string expected) =>
        Assert.Contains(expected, (await RefusedAsync("--options", Settings(content))).ErrorText, StringComparison.Ordinal);

    [Fact]
    public async Task Options_that_everybody_may_write_are_refused() =>
        Assert.Contains("it is world-writable: chmod o-w ", (await RefusedAsync("--options", Settings("--truthful\n", OwnerAndGroup | UnixFileMode.OtherWrite))).ErrorText, StringComparison.Ordinal);

    private string Settings(string content, UnixFileMode mode = OwnerAndGroup)
    {
        string file = Folder.Write("settings", content);
        File.SetUnixFileMode(file, mode);
        return file;
    }

    private async Task<LaunchResult> RefusedAsync(string option, string file)
    {
        string script = Folder.MarkingScript();
        await using LaunchedProgram program = Invocation.Start(new Launch { Program = RunModeUnderTest.Plain.Program(), Arguments = [option, file, script] });
        LaunchResult result = await program.WaitAsync(Patience.Limit);
        Assert.True(result.ExitCode == 64, $"exit {result.ExitCode}: {result.ErrorText}");
        Assert.Single(result.ErrorText.TrimEnd('\n').Split('\n'));
        Assert.False(Folder.HasRun);
        return result;
    }
}

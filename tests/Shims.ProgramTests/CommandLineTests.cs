using System.Text.RegularExpressions;

namespace Shims.ProgramTests;

/// <summary>The command line, and what the programs say when nobody has connected anything to them.</summary>
public sealed class CommandLineTests : ProgramTest
{
    private static readonly string[] s_options =
    [
        "--mode", "--stderr", "--env", "--pass-env", "--allow-env", "--errors", "--timeout", "--header-timeout", "--max-header",
        "--max-body", "--cpu", "--memory", "--max", "--truthful", "--status", "--idle", "--finish-time", "--version", "--help",
    ];

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Help_has_a_line_for_every_option(RunModeUnderTest mode)
    {
        LaunchResult result = await RunAsync(mode, "--help");
        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
        string[] lines = result.OutputText.Split('\n');
        Assert.Contains(lines, line => line.Contains("TARGET", StringComparison.Ordinal));
        foreach (string option in s_options)
            Assert.True(lines.Any(line => line.TrimStart().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Contains(option)), $"{option} is not in:\n{result.OutputText}");
        Assert.True(lines.Any(line => Regex.IsMatch(line, $@"{mode.ProgramName()} \[OPTIONS\] <?TARGET", RegexOptions.IgnoreCase)), $"options come before the target: {result.OutputText}");
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Version_is_one_line_with_the_name_the_number_and_the_commit(RunModeUnderTest mode)
    {
        LaunchResult result = await RunAsync(mode, "--version");
        Assert.Equal((0, ""), (result.ExitCode, result.ErrorText));
        // Built from a checkout, it knows the commit.
        string commit = Path.Exists(Repository.PathTo(".git")) ? @" \([0-9a-f]{7}\)" : "";
        Assert.Matches($@"^{mode.ProgramName()} \d+\.\d+\.\d+(-[.0-9A-Za-z]+)?{commit}\n$", result.OutputText);
    }

    [Theory]
    [InlineData]
    [InlineData("--no-such-option", "TARGET")]
    [InlineData("--mode", "TARGET")]
    [InlineData("--mode", "fork", "TARGET")]
    [InlineData("--mode")]
    [InlineData("--errors", "email", "TARGET")]
    [InlineData("--timeout", "soon", "TARGET")]
    [InlineData("--timeout", "-1", "TARGET")]
    [InlineData("--timeout", "99999999999999999999", "TARGET")]
    [InlineData("--header-timeout", "", "TARGET")]
    [InlineData("--max-header", "1Q", "TARGET")]
    [InlineData("--max-header", "K", "TARGET")]
    [InlineData("--max-body", "99999999999G", "TARGET")]
    [InlineData("--max-body", "1.5M", "TARGET")]
    [InlineData("--memory", "-5", "TARGET")]
    [InlineData("--cpu", "x", "TARGET")]
    [InlineData("--max", "-1", "TARGET")]
    [InlineData("--max", "many", "TARGET")]
    [InlineData("--idle", "-5", "TARGET")]
    [InlineData("--finish-time", "soon", "TARGET")]
    [InlineData("--env", "NOVALUE", "TARGET")]
    [InlineData("--env", "=value", "TARGET")]
    [InlineData("--env", "BAD-NAME=x", "TARGET")]
    [InlineData("--pass-env", "A=B", "TARGET")]
    [InlineData("--allow-env", "", "TARGET")]
    [InlineData("--truthful=maybe", "TARGET")]
    [InlineData("")]
    public async Task A_wrong_command_line_ends_with_64_and_one_or_two_lines(params string[] arguments)
    {
        string script = Folder.MarkingScript();
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
        {
            LaunchResult result = await RunAsync(mode, [.. arguments.Select(argument => argument == "TARGET" ? script : argument)]);
            Assert.True(result.ExitCode == 64, $"{mode}: exit {result.ExitCode}, {result.ErrorText}");
            Assert.Equal("", result.OutputText);
            Assert.InRange(result.ErrorText.TrimEnd('\n').Split('\n').Length, 1, 2);
            Assert.Contains(mode.ProgramName(), result.ErrorText, StringComparison.Ordinal);
        }
        Assert.False(Folder.HasRun);
    }

    [Theory]
    [InlineData("exec")]
    [InlineData("supervise")]
    public async Task fcgi_run_has_no_such_modes(string mode)
    {
        LaunchResult result = await RunAsync(RunModeUnderTest.FastCgi, "--mode", mode, Folder.MarkingScript());
        Assert.True(result.ExitCode == 64, result.ErrorText);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task An_option_may_be_joined_to_its_value(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$A\"");
        Response answer = await new Invocation(mode, script) { Options = ["--timeout=30", "--env=A=b=c"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "b=c", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Two_dashes_end_the_options(RunModeUnderTest mode)
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$1\"", "-x.cgi");
        Response answer = await new Invocation(mode, "--")
        {
            Arguments = ["-x.cgi", "--max"],
            Adjust = launch => launch with { Folder = Folder.Target },
        }.AskAsync(RequestVariables.For("GET", "/x"));
        Assert.True(answer.Body == "--max", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_gateway_on_a_terminal_explains_how_it_is_started(RunModeUnderTest mode)
    {
        Assert.SkipUnless(Tool.Exists("script"), "needs script(1)");
        string script = Folder.MarkingScript();
        LaunchResult result = await Launched(new Launch { Program = Tool.PathOf("script"), Arguments = ["-qec", $"{mode.Program()} {script}", "/dev/null"] });
        Assert.True(result.ExitCode == 64, result.OutputText);
        Assert.Contains(mode.ProgramName(), result.OutputText, StringComparison.Ordinal);
        Assert.Contains("inetd", result.OutputText, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_request_can_come_from_a_file_and_its_response_go_to_standard_output(RunModeUnderTest mode)
    {
        string script = Folder.EchoScript();
        RequestVariables variables = RequestVariables.For("POST", script);
        byte[] bytes = mode.Encode(variables, "from a file"u8);
        File.WriteAllBytes(Folder.PathTo("request"), bytes);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(Folder.PathTo("request"));
        LaunchResult result = await Launched(new Launch { Program = mode.Program(), Arguments = [script], Input = file });
        AssertServed(mode, result, "from a file");
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_request_can_come_through_a_pipe(RunModeUnderTest mode)
    {
        string script = Folder.EchoScript();
        RequestVariables variables = RequestVariables.For("POST", script);
        byte[] bytes = mode.Encode(variables, "through a pipe"u8);
        using Pipe pipe = Pipe.Create();
        LaunchedProgram program = Invocation.Start(new Launch { Program = mode.Program(), Arguments = [script], Input = pipe.Reader });
        await using (program)
        {
            pipe.Reader.Dispose();
            using var writer = new FileStream(pipe.Writer, FileAccess.Write, 1);
            writer.Write(bytes);
            // The writer stays open: the request's own length says where it ends.
            AssertServed(mode, await program.WaitAsync(Patience.Limit), "through a pipe");
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_gateway_with_nothing_to_read_ends_without_a_word(RunModeUnderTest mode)
    {
        LaunchResult result = await Launched(new Launch { Program = mode.Program(), Arguments = [Folder.MarkingScript()] });
        Assert.Equal((0, "", ""), (result.ExitCode, result.OutputText, result.ErrorText));
        Assert.False(Folder.HasRun);
    }

    private static void AssertServed(RunModeUnderTest mode, LaunchResult result, string body)
    {
        Assert.True(result.ExitCode == 0, result.ErrorText);
        byte[] output = result.Output;
        if (mode.SpeaksFastCgi())
        {
            var contents = new MemoryStream();
            ReadOnlySpan<byte> rest = output;
            while (FastCgiRecord.Read(rest, out int size) is { } record)
            {
                if (record.Type == FastCgiRecordType.Stdout)
                    contents.Write(record.Content);
                rest = rest[size..];
            }
            output = contents.ToArray();
        }
        Assert.Equal(body, ScriptReply.Parse(mode.SpeaksUwsgi() ? UwsgiClient.ToCgi(output) : output).Body);
    }

    private static Task<LaunchResult> RunAsync(RunModeUnderTest mode, params string[] arguments) => Launched(new Launch { Program = mode.Program(), Arguments = arguments });

    private static async Task<LaunchResult> Launched(Launch launch)
    {
        await using LaunchedProgram program = Invocation.Start(launch);
        return await program.WaitAsync(Patience.Limit);
    }
}

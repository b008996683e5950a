using System.Text;
using System.Text.RegularExpressions;

namespace Shims.ProgramTests;

/// <summary>Where a script's warnings go; under inetd, where descriptor 2 is the connection, never to the client.</summary>
public sealed class StandardErrorTests : ProgramTest
{
    private const string Warn = "echo WARNING >&2; printf 'Content-Type: text/plain\\n\\nclean'; echo WARNING >&2";

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Under_inetd_no_warning_reaches_the_client(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Warn);
        foreach (bool tcp in (bool[])[false, true])
        {
            var invocation = new Invocation(mode, script) { ErrorIsConnection = true, Tcp = tcp };
            Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "clean", ExitCode: 0 }, answer.ToString());
            Assert.DoesNotContain("WARNING", Encoding.Latin1.GetString(answer.Bytes), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Under_inetd_no_line_of_our_own_log_reaches_the_client(RunModeUnderTest mode)
    {
        string missing = Folder.PathTo("missing.cgi");
        var invocation = new Invocation(mode, missing) { ErrorIsConnection = true };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", missing));
        Assert.True(answer.Status == 404, answer.ToString());
        Assert.DoesNotContain("-run[", Encoding.Latin1.GetString(answer.Bytes), StringComparison.Ordinal);

        Conversation wrong = invocation.Connect();
        await using (wrong)
        {
            await wrong.TrySendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
            Received received = await wrong.Connection.ReceiveToEndAsync();
            Assert.DoesNotContain("-run[", Encoding.Latin1.GetString(received.Bytes), StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi)]
    public async Task Under_inetd_with_wait_no_warning_reaches_the_client(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Warn);
        await using ListeningProgram program = new Invocation(mode, script) { ErrorIsConnection = true }.Listen();
        for (int i = 0; i < 5; i++)
        {
            Response answer = await program.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Body == "clean", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Warnings_go_to_the_file_that_was_named(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Warn), log = Folder.Write("log", "before\n");
        foreach (bool inetd in (bool[])[false, true])
        {
            var invocation = new Invocation(mode, script) { ErrorIsConnection = inetd, Options = ["--stderr", log] };
            Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Body: "clean", Log: "" }, answer.ToString());
            Assert.Equal("", answer.Records?.Error ?? "");
        }
        string[] lines = File.ReadAllLines(log);
        Assert.Equal("before", lines[0]);
        // Where the shim reads them, each has the time before it.
        Assert.Equal(4, lines.Skip(1).Count(line => mode is RunModeUnderTest.Relay or RunModeUnderTest.FastCgi or RunModeUnderTest.Uwsgi ? line.EndsWith(": WARNING", StringComparison.Ordinal) : line == "WARNING"));
        Assert.Equal(5, lines.Length);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "friction 3")]
    public async Task The_log_of_the_gateway_goes_to_the_named_file_with_the_time_of_each_line(RunModeUnderTest mode)
    {
        string missing = Folder.PathTo("missing.cgi"), log = Folder.PathTo("log");
        var invocation = new Invocation(mode, missing) { ErrorIsConnection = true, Options = ["--stderr", log] };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", missing));
        Assert.True(answer.Status == 404, answer.ToString());
        Assert.Matches($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ {mode.ProgramName()}\[\d+\]: [0-9a-f]{{8}}: [^\n]*{Regex.Escape(missing)}", File.ReadAllText(log));
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Warnings_can_be_thrown_away(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Warn);
        Response answer = await new Invocation(mode, script) { Options = ["--stderr", "null"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "clean", Log: "" }, answer.ToString());
        Assert.Equal("", answer.Records?.Error ?? "");
    }

    [Theory, MemberData(nameof(RunModes.Scgi), MemberType = typeof(RunModes))]
    public async Task A_standard_error_of_its_own_is_inherited(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Warn);
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "clean", Log: "WARNING\nWARNING\n" }, answer.ToString());
    }

    [Fact]
    public async Task fcgi_run_sends_warnings_to_the_web_servers_error_log()
    {
        string script = Folder.Shell(Warn);
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "clean", Log: "" }, answer.ToString());
        Assert.Equal("WARNING\nWARNING\n", answer.Records!.Error);

        Response inherited = await new Invocation(RunModeUnderTest.FastCgi, script) { Options = ["--stderr", "inherit"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(inherited is { Body: "clean", Log: "WARNING\nWARNING\n" }, inherited.ToString());
        Assert.Equal("", inherited.Records!.Error);
    }

    [Fact]
    public async Task fcgi_run_sends_its_own_failure_line_there_too()
    {
        string missing = Folder.PathTo("missing.cgi");
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, missing).AskAsync(RequestVariables.For("GET", missing));
        Assert.True(answer.Status == 404, answer.ToString());
        Assert.Contains(missing, answer.Records!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_warns_without_end_cannot_block_itself()
    {
        string script = Folder.Shell("head -c 5000000 /dev/zero | tr '\\000' w >&2; printf 'Content-Type: text/plain\\n\\nclean'");
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "clean", answer.ToString());
        Assert.Equal(5_000_000, answer.Records!.Error.Length + answer.Log.Length);
    }
}

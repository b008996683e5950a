using System.Text.Json;
using System.Text.RegularExpressions;

namespace Shims.ProgramTests;

/// <summary><c>--access-log</c>: one line a request.</summary>
public sealed partial class AccessLogTests : ProgramTest
{
    private string LogPath => Folder.PathTo("access.log");

    private string[] Options => ["--access-log", LogPath];

    public static TheoryData<RunModeUnderTest> Modes => [RunModeUnderTest.Plain, RunModeUnderTest.Exec, RunModeUnderTest.Supervise, RunModeUnderTest.FastCgi];

    [Theory, MemberData(nameof(Modes)), Trait("fault", "G1")]
    public async Task Each_request_is_a_line_in_the_combined_format_with_script_time_exit_status_and_id(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Status: 201 Created\\nContent-Type: text/plain\\n\\nserved'; exit 3");
        RequestVariables request = RequestVariables.For("GET", script, query: "a=b").With("REQUEST_URI", "/cgi-bin/script.cgi?a=b").With("SERVER_PROTOCOL", "HTTP/1.1")
            .With("REMOTE_ADDR", "192.0.2.7").With("REMOTE_USER", "alice").With("HTTP_REFERER", "http://localhost/").With("HTTP_USER_AGENT", "curl/8.5");
        Response answer = await new Invocation(mode, script) { Options = Options }.AskAsync(request);
        Assert.Equal((201, "served"), (answer.Status, answer.Body));
        Match line = Line().Match(Assert.Single(await File.ReadAllLinesAsync(LogPath)));
        Assert.True(line.Success, await File.ReadAllTextAsync(LogPath));
        Assert.Equal("""192.0.2.7 - alice "GET /cgi-bin/script.cgi?a=b HTTP/1.1" 201 6 "http://localhost/" "curl/8.5" """.TrimEnd() + $" \"{script}\" 3 {answer.Header("X-Request-Id")}",
            $"{line.Groups["client"]} {line.Groups["request"]} \"{line.Groups["script"]}\" {line.Groups["exit"]} {line.Groups["id"]}");
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Requests_that_fail_are_there_too(RunModeUnderTest mode)
    {
        string killed = Folder.Shell("kill -9 $$", "killed.cgi"), missing = Folder.PathTo("missing.cgi");
        await using ListeningProgram program = new Invocation(mode, Folder.Target) { Options = Options }.Listen();
        Assert.Equal(502, (await program.AskAsync(RequestVariables.For("GET", killed))).Status);
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("HEAD", missing))).Status);
        await Patience.UntilAsync(() => File.ReadAllLines(LogPath).Length == 2, "two lines");
        Match[] lines = [.. File.ReadAllLines(LogPath).Select(line => Line().Match(line))];
        Assert.Equal([("502", "137", killed), ("404", "-", "-")], lines.Select(line => (line.Groups["status"].Value, line.Groups["exit"].Value, line.Groups["script"].Value)));
        Assert.Equal("0", lines[1].Groups["bytes"].Value);
    }

    [Fact]
    public async Task Nothing_of_a_request_makes_another_line_or_field_or_speaks_to_a_terminal()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        RequestVariables request = RequestVariables.For("GET", script).With("REQUEST_URI", "/a\"\\\r\n\e[31mé").With("REMOTE_USER", "a b").With("HTTP_USER_AGENT", new string('x', 5000));
        foreach (string format in (string[])["text", "json"])
        {
            File.Delete(LogPath);
            await new Invocation(RunModeUnderTest.Relay, script) { Options = [.. Options, "--log-format", format] }.AskAsync(request);
            string text = await File.ReadAllTextAsync(LogPath), line = Assert.Single(text.TrimEnd('\n').Split('\n'));
            Assert.DoesNotContain(line, char.IsControl);
            if (format == "json")
            {
                Assert.Equal("/a\"\\\r\n\e[31mé", JsonDocument.Parse(line).RootElement.GetProperty("uri").GetString());
                continue;
            }
            Assert.Contains("\"GET /a\\x22\\x5C\\x0D\\x0A\\x1B[31m\\xC3\\xA9 ", line, StringComparison.Ordinal);
            Assert.Contains(" - a\\x20b [", line, StringComparison.Ordinal);
            Assert.Contains($" \"{new string('x', 2048)}\" ", line, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task With_JSON_each_request_is_an_object(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        Response answer = await new Invocation(mode, script) { Options = [.. Options, "--log-format", "json"] }.AskAsync(RequestVariables.For("GET", script, query: "a=b").With("REMOTE_ADDR", "::1"));
        JsonElement line = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(LogPath))).RootElement;
        Assert.Equal(("access", mode.ProgramName(), answer.Header("X-Request-Id")), (line.GetProperty("type").GetString(), line.GetProperty("program").GetString(), line.GetProperty("request").GetString()));
        Assert.Equal(("::1", "GET", script), (line.GetProperty("remote").GetString(), line.GetProperty("method").GetString(), line.GetProperty("script").GetString()));
        Assert.Equal((200, 6, 0), (line.GetProperty("status").GetInt32(), line.GetProperty("bytes").GetInt32(), line.GetProperty("exit").GetInt32()));
        Assert.True(line.GetProperty("ms").GetInt32() is >= 0 and < 60_000);
        Assert.EndsWith("?a=b", line.GetProperty("uri").GetString(), StringComparison.Ordinal);
        Assert.False(line.TryGetProperty("user", out _));
    }

    [Fact]
    public async Task A_large_response_that_moves_inside_the_kernel_is_counted_in_full()
    {
        const int size = 10_000_000;
        string script = Folder.Shell($"printf 'Content-Type: text/plain\\nContent-Length: {size}\\n\\n'; head -c {size} /dev/zero");
        Response answer = await new Invocation(RunModeUnderTest.Relay, script) { Options = Options }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal(size, answer.Reply.BodyBytes.Length);
        Assert.Equal($"{size}", Line().Match(Assert.Single(await File.ReadAllLinesAsync(LogPath))).Groups["bytes"].Value);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_request_whose_client_has_left_without_a_response_has_the_status_499(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; exec sleep 100");
        await using ListeningProgram program = new Invocation(mode, script) { Options = Options }.Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await Patience.UntilAsync(() => File.Exists(LogPath) && File.ReadAllText(LogPath).Length > 0, "the line");
        Match line = Line().Match(Assert.Single(await File.ReadAllLinesAsync(LogPath)));
        Assert.Equal(("499", "0"), (line.Groups["status"].Value, line.Groups["bytes"].Value));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    [Trait("fault", "Q11")]
    public async Task A_response_that_is_thrown_away_is_not_one_that_was_sent(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; printf 'Content-Type: text/plain\\n\\nthrown away'");
        await using ListeningProgram program = new Invocation(mode, script) { Options = [.. Options, "--client-gone", "finish"] }.Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await program.WaitForSocketsAsync(1);
        await gate.OpenAsync();
        await Patience.UntilAsync(() => File.Exists(LogPath) && File.ReadAllText(LogPath).Length > 0, "the line");
        Match line = Line().Match(Assert.Single(await File.ReadAllLinesAsync(LogPath)));
        Assert.Equal(("499", "0"), (line.Groups["status"].Value, line.Groups["bytes"].Value));
    }

    [Fact]
    public async Task After_SIGHUP_it_goes_on_in_a_new_file()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Options = Options }.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await Patience.UntilAsync(() => File.ReadAllLines(LogPath).Length == 1, "the line");
        File.Move(LogPath, LogPath + ".1");
        program.Program.Signal(1);
        await Patience.UntilAsync(() => File.Exists(LogPath), "the new file");
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await Patience.UntilAsync(() => File.ReadAllLines(LogPath).Length == 1, "the line");
        Assert.Single(await File.ReadAllLinesAsync(LogPath + ".1"));
    }

    [Fact]
    public async Task It_can_go_where_the_log_goes()
    {
        string script = Folder.Shell("echo said >&2; printf 'Content-Type: text/plain\\n\\nserved'");
        Response answer = await new Invocation(RunModeUnderTest.Relay, script) { Options = ["--access-log", "inherit"] }.AskAsync(RequestVariables.For("GET", script));
        string[] lines = answer.Log.TrimEnd('\n').Split('\n');
        Assert.Equal("said", lines[0]);
        Assert.Matches(Line(), lines[1]);
    }

    [Fact]
    public async Task An_access_log_that_cannot_be_written_costs_no_request()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        foreach ((string place, string why) in ((string, string)[])[("/nosuch/log", "write access"), ("journal", "systemd-journald"), (Folder.Target, "it is a directory")])
        {
            Assert.SkipWhen(place == "journal" && Directory.Exists("/run/systemd/journal"), "there is a journal");
            Response answer = await new Invocation(RunModeUnderTest.FastCgi, script) { Options = ["--access-log", place] }.AskAsync(RequestVariables.For("GET", script));
            Assert.Equal("served", answer.Body);
            Assert.Contains($"cannot write to the log --access-log {place}: ", Assert.Single(answer.LogLines), StringComparison.Ordinal);
            Assert.Contains(why, answer.Log, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("""^(?<client>\S+ - \S+) \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] (?<request>"[^"]*" (?<status>\d{3}) (?<bytes>\d+) "[^"]*" "[^"]*") "(?<script>[^"]*)" (?<ms>\d+) (?<exit>\d+|-) (?<id>[\w.-]+)$""")]
    private static partial Regex Line();
}

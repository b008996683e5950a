using System.Text.Json;

namespace Shims.ProgramTests;

/// <summary><c>--status-path</c>, <c>--ping-path</c> and SIGUSR1: the gateways say what they do.</summary>
public sealed class StatusPageTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";
    private const int User1 = 10, Terminate = 15;

    private static readonly string[] s_options = ["--status-path", "/shims-status", "--ping-path", "/ping"];

    /// <summary>Each program, and scgi-run as it relays.</summary>
    public static TheoryData<RunModeUnderTest> Listening => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi];

    [Theory, MemberData(nameof(Listening))]
    public async Task The_page_shows_what_runs_and_counts_what_has_been_answered(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string quick = Folder.Shell(Serve, "quick.cgi"), slow = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}", "slow.cgi");
        await using ListeningProgram program = new Invocation(mode, Folder.Target) { Options = s_options }.Listen();
        for (int i = 0; i < 3; i++)
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", quick))).Body);
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", Folder.PathTo("missing.cgi")))).Status);
        Task<Response> running = program.AskAsync(RequestVariables.For("GET", slow));
        int process = int.Parse(await witness.LineAsync(), System.Globalization.CultureInfo.InvariantCulture);

        JsonElement status = default;
        // The last of what was answered may be counted a moment after its response.
        await Patience.UntilAsync(() => (status = StatusOf(program).GetAwaiter().GetResult()).GetProperty("answered").GetInt32() == 4, "four requests");
        Assert.Equal((mode.ProgramName(), program.Program.ProcessId, true), (status.GetProperty("program").GetString(), status.GetProperty("process").GetInt32(), status.GetProperty("ready").GetBoolean()));
        JsonElement script = Assert.Single(status.GetProperty("scripts").EnumerateArray());
        string usual = mode == RunModeUnderTest.Plain ? "supervise" : "relay";
        Assert.Equal((slow, process, usual), (script.GetProperty("script").GetString(), script.GetProperty("process").GetInt32(), script.GetProperty("mode").GetString()));
        Assert.True(status.GetProperty("script_seconds").GetDecimal() >= script.GetProperty("seconds").GetDecimal());
        (string, int?, int)[] expected = [mode == RunModeUnderTest.Plain ? ("supervise", null, 3) : ("relay", 200, 3), ("none", 404, 1)];
        Assert.Equal(
            expected,
            status.GetProperty("requests").EnumerateArray().Select(one => (one.GetProperty("mode").GetString()!, one.TryGetProperty("status", out JsonElement code) ? code.GetInt32() : (int?)null, one.GetProperty("count").GetInt32())));

        await gate.OpenAsync();
        Assert.Equal("served", (await running).Body);
        await Patience.UntilAsync(() => (status = StatusOf(program).GetAwaiter().GetResult()).GetProperty("answered").GetInt32() == 5, "five requests");
        Assert.Equal(0, status.GetProperty("running").GetInt32());
    }

    [Theory, MemberData(nameof(Listening))]
    public async Task No_path_but_the_one_of_SCRIPT_NAME_leads_there(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script) { Options = s_options }.Listen();
        RequestVariables request = RequestVariables.For("GET", script).With("REQUEST_URI", "/shims-status").With("PATH_INFO", "/shims-status").With("DOCUMENT_URI", "/shims-status");
        Assert.Equal("served", (await program.AskAsync(request)).Body);
        Assert.Equal("served", (await program.AskAsync(request.With("SCRIPT_NAME", "/shims-status/"))).Body);
        Response page = await program.AskAsync(request.With("SCRIPT_NAME", "/shims-status").With("REQUEST_URI", "/a").With("PATH_INFO", ""));
        Assert.Equal((200, "text/plain; charset=utf-8", "no-store"), (page.Status, page.Header("Content-Type"), page.Header("Cache-Control")));
        Assert.StartsWith($"program:         {mode.ProgramName()} ", page.Body, StringComparison.Ordinal);
        // Without the option it is a path as any other.
        await using ListeningProgram other = new Invocation(mode, script).Listen();
        Assert.Equal("served", (await other.AskAsync(request.With("SCRIPT_NAME", "/shims-status").With("PATH_INFO", ""))).Body);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_process_for_one_connection_answers_the_status_path_with_501_and_the_ping(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        var invocation = new Invocation(mode, script) { Options = s_options };
        Response page = await invocation.AskAsync(RequestVariables.For("GET", script).With("SCRIPT_NAME", "/shims-status"));
        Assert.Equal(501, page.Status);
        Assert.Matches(@"^There is nothing to show of a process that serves one connection: [^.]+\.\n$", page.Body);
        Response ping = await invocation.AskAsync(RequestVariables.For("GET", script).With("SCRIPT_NAME", "/ping"));
        Assert.Equal((200, "pong\n", ""), (ping.Status, ping.Body, ping.Log));
        Assert.False(Folder.HasRun);
        Assert.Equal("ran", (await invocation.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Exec)]
    public async Task With_the_options_a_script_still_takes_the_place_of_a_process_for_one_connection(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' $$");
        await using Conversation conversation = new Invocation(mode, script) { Options = s_options }.Connect();
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script));
        Assert.Equal($"{conversation.Program.ProcessId}", answer.Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task The_ping_is_503_while_as_many_scripts_run_as_max_allows(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}");
        await using ListeningProgram program = new Invocation(mode, script) { Options = [.. s_options, "--max", "1"], Environment = [$"TMPDIR={Folder.MakeFolder("tmp")}"] }.Listen();
        Assert.Equal(200, (await PingAsync(program)).Status);
        Task<Response> running = program.AskAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        Response busy = await PingAsync(program);
        Assert.Equal((503, "as many scripts are running as --max allows\n", "1"), (busy.Status, busy.Body, busy.Header("Retry-After")));
        Assert.Equal(503, (await program.AskAsync(RequestVariables.For("GET", script))).Status);
        JsonElement status = await StatusOf(program);
        Assert.Equal((1, 1, 1, false), (status.GetProperty("running").GetInt32(), status.GetProperty("max").GetInt32(), status.GetProperty("refused").GetInt32(), status.GetProperty("ready").GetBoolean()));
        await gate.OpenAsync();
        await running;
        await Patience.UntilAsync(() => PingAsync(program).GetAwaiter().GetResult().Status == 200, "the slot to be free");
    }

    [Fact]
    public async Task A_request_that_waits_for_a_slot_is_shown_as_queued()
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; {Serve}");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script)
        {
            Options = [.. s_options, "--max", "1", "--max-wait", "60"],
            Environment = [$"TMPDIR={Folder.MakeFolder("tmp")}"],
        }.Listen();
        Task<Response> running = program.AskAsync(RequestVariables.For("GET", script, query: "slow"));
        await witness.LineAsync();
        Task<Response> waiting = program.AskAsync(RequestVariables.For("GET", script));
        await Patience.UntilAsync(() => StatusOf(program).GetAwaiter().GetResult().GetProperty("queued").GetInt32() == 1, "the request to wait");
        await gate.OpenAsync();
        Assert.Equal(("served", "served"), ((await running).Body, (await waiting).Body));
        await Patience.UntilAsync(() => StatusOf(program).GetAwaiter().GetResult().GetProperty("queued").GetInt32() == 0, "no request to wait");
    }

    [Fact]
    public async Task The_ping_is_503_from_SIGTERM_on()
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Options = s_options }.Listen();
        // On a connection on which a script still runs, which is not closed before it has ended.
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.FastCgi.SendAsync(Records(1, RequestVariables.For("GET", script)));
        await witness.LineAsync();
        program.Program.Signal(Terminate);
        await Patience.UntilAsync(() => !program.IsAccepting, "the end of its life");
        await conversation.FastCgi.SendAsync(Records(2, RequestVariables.For("GET", script).With("SCRIPT_NAME", "/ping")));
        FastCgiReply reply = await conversation.FastCgi.ReceiveReplyAsync(requestId: 2, limit: Patience.Limit);
        Assert.Equal((503, "the process is about to end\n"), (reply.Reply.Status, reply.Reply.Body));
        await gate.OpenAsync();
        Assert.Equal(0, (await program.Program.WaitAsync(Patience.Limit)).ExitCode);
    }

    [Fact]
    public async Task A_script_whose_name_is_not_printable_breaks_neither_form()
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}", "a\"b\\\n\e[31m{c=\"d\"}.cgi");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, Folder.Target) { Options = s_options }.Listen();
        Task<Response> running = program.AskAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        string shown = Folder.PathTo("a\"b\\ / ?[31m{c=\"d\"}.cgi");
        Assert.Equal(shown, Assert.Single((await StatusOf(program)).GetProperty("scripts").EnumerateArray()).GetProperty("script").GetString());
        Response metrics = await program.AskAsync(ForStatus("openmetrics"));
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", metrics.Header("Content-Type"));
        Assert.Contains($"\nshims_script_running{{script=\"{shown.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\",mode=\"relay\"}} 1\n", metrics.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(metrics.Body, static next => char.IsControl(next) && next != '\n');
        Assert.EndsWith("\n# EOF\n", metrics.Body, StringComparison.Ordinal);
        await gate.OpenAsync();
        await running;
    }

    [Theory, MemberData(nameof(Listening))]
    public async Task After_SIGUSR1_the_log_has_what_runs_and_the_process_goes_on(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Task<Response> running = program.AskAsync(RequestVariables.For("GET", script));
        string process = await witness.LineAsync();
        program.Program.Signal(User1);
        await program.WaitForLogAsync($": {script}, process {process}, {(mode == RunModeUnderTest.Plain ? "supervise" : "relay")}\n");
        Assert.Contains("running: 1, waiting: 0, refused: 0, answered: 0, since 20", program.Program.ErrorSoFar, StringComparison.Ordinal);
        await gate.OpenAsync();
        Assert.Equal("served", (await running).Body);
        Assert.True(program.Program.IsRunning);
    }

    [Theory, InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.FastCgi)]
    public async Task A_process_for_one_connection_ignores_SIGUSR1_and_its_script_finds_the_signal_as_it_was(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"grep SigIgn /proc/self/status >{Folder.PathTo("ignored")}; {witness.Appear}; {gate.Pass}; {Serve}");
        await using Conversation conversation = new Invocation(mode, script) { Options = ["--errors", "log"] }.Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.Program.Signal(User1);
        await gate.OpenAsync();
        Assert.Equal("served", (await conversation.FinishAsync()).Body);
        ulong ignored = Convert.ToUInt64((await File.ReadAllTextAsync(Folder.PathTo("ignored"))).Split('\t')[1].Trim(), 16);
        Assert.Equal(0u, ignored & 1ul << (User1 - 1));
    }

    [Fact]
    public async Task Over_AJP13_the_path_of_the_URL_leads_there()
    {
        Folder.Shell(Serve, "a.cgi");
        await using AjpProgram program = AjpProgram.Listen([.. s_options, Folder.Target]);
        Assert.Equal("served", (await program.AskAsync(new AjpRequestData { Uri = "/a.cgi/shims-status" })).Body);
        AjpReply page = await program.AskAsync(new AjpRequestData { Uri = "/shims-status", Query = "json" });
        Assert.Equal("ajp-run", JsonDocument.Parse(page.Body).RootElement.GetProperty("program").GetString());
        Assert.Equal("pong\n", (await program.AskAsync(new AjpRequestData { Uri = "/ping" })).Body);
    }

    private static FastCgiRecord[] Records(int id, RequestVariables request) =>
    [
        FastCgiClient.Begin(id, keepConnection: true),
        .. FastCgiClient.Stream(FastCgiRecordType.Params, id, FastCgiClient.EncodePairs(request.ForFastCgi(0))),
        .. FastCgiClient.Stream(FastCgiRecordType.Stdin, id, default),
    ];

    private static RequestVariables ForStatus(string query) => RequestVariables.For("GET", "/x", query: query).With("SCRIPT_NAME", "/shims-status");

    private static async Task<JsonElement> StatusOf(ListeningProgram program)
    {
        Response page = await program.AskAsync(ForStatus("json"));
        Assert.True(page is { Status: 200, BrokeOff: false }, page.ToString());
        Assert.Equal("application/json", page.Header("Content-Type"));
        return JsonDocument.Parse(page.Body).RootElement;
    }

    private static Task<Response> PingAsync(ListeningProgram program) => program.AskAsync(RequestVariables.For("GET", "/x").With("SCRIPT_NAME", "/ping"));
}

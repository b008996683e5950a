using System.Text.Json;

namespace Shims.HandlerTests;

/// <summary><c>ShimOptions.StatusPath</c> and <c>PingPath</c>, as the administrator sets them.</summary>
public sealed class StatusPageTests
{
    private static readonly string[] s_paths = ["SHIMS_STATUS_PATH=/shims-status", "SHIMS_PING_PATH=/ping"];

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task The_page_shows_the_handlers_that_run_and_counts_requests(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire, s_paths);
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "write hello"))).Body);
        Assert.Equal(404, (await handler.AskAsync(new HandlerRequest(wire, "status 404", "write hello"))).Status);
        string begun = handler.PathTo("begun"), gate = handler.PathTo("gate");
        Task<Response> running = handler.AskAsync(new HandlerRequest(wire, $"mark {begun}", $"wait {gate}", "write done"));
        await Patience.UntilAsync(() => File.Exists(begun), "the handler to run");

        JsonElement status = default;
        await Patience.UntilAsync(() => (status = StatusOf(handler, wire).GetAwaiter().GetResult()).GetProperty("answered").GetInt32() == 2, "two requests");
        Assert.Equal(("test-handler", handler.Program.ProcessId), (status.GetProperty("program").GetString(), status.GetProperty("process").GetInt32()));
        JsonElement script = Assert.Single(status.GetProperty("scripts").EnumerateArray());
        Assert.Equal(("/cgi-bin/app", handler.Program.ProcessId, "handler"), (script.GetProperty("script").GetString(), script.GetProperty("process").GetInt32(), script.GetProperty("mode").GetString()));
        Assert.Equal([(200, "handler", 1), (404, "handler", 1)], status.GetProperty("requests").EnumerateArray().Select(one => (one.GetProperty("status").GetInt32(), one.GetProperty("mode").GetString()!, one.GetProperty("count").GetInt32())));

        File.WriteAllText(gate, "");
        Assert.Equal("done", (await running).Body);
        await Patience.UntilAsync(() => StatusOf(handler, wire).GetAwaiter().GetResult().GetProperty("running").GetInt32() == 0, "the handler to end");
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task The_ping_is_503_while_as_many_requests_are_answered_as_may_be(Wire wire)
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(wire, [.. s_paths, "SHIMS_MAX=1"]);
        Response ready = await handler.AskAsync(At(wire, "/ping"));
        Assert.Equal((200, "pong\n"), (ready.Status, ready.Body));
        string begun = handler.PathTo("begun"), gate = handler.PathTo("gate");
        Task<Response> running = handler.AskAsync(new HandlerRequest(wire, $"mark {begun}", $"wait {gate}", "write done"));
        await Patience.UntilAsync(() => File.Exists(begun), "the handler to run");
        Assert.Equal(503, (await handler.AskAsync(At(wire, "/ping"))).Status);
        File.WriteAllText(gate, "");
        Assert.Equal("done", (await running).Body);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_process_for_one_connection_answers_the_status_path_with_501(Wire wire)
    {
        Response page = await (At(wire, "/shims-status") with { Environment = s_paths }).SendAsync();
        Assert.Equal(501, page.Status);
        Assert.StartsWith("There is nothing to show of a process that serves one connection: ", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_options_the_paths_are_the_handlers()
    {
        await using ListeningHandler handler = ListeningHandler.Start();
        Assert.Equal("hello", (await handler.AskAsync(At(Wire.Scgi, "/shims-status", "write hello"))).Body);
    }

    [Fact]
    public async Task After_SIGUSR1_the_log_has_the_handlers_that_run()
    {
        await using ListeningHandler handler = ListeningHandler.StartFor(Wire.Scgi, "SHIMS_STDERR=inherit");
        string begun = handler.PathTo("begun"), gate = handler.PathTo("gate");
        Task<Response> running = handler.AskAsync(new HandlerRequest(Wire.Scgi, $"mark {begun}", $"wait {gate}", "write done"));
        await Patience.UntilAsync(() => File.Exists(begun), "the handler to run");
        handler.Program.Signal(10);
        await handler.Program.WaitForLogAsync($": /cgi-bin/app, process {handler.Program.ProcessId}, handler\n");
        File.WriteAllText(gate, "");
        Assert.Equal("done", (await running).Body);
    }

    /// <summary>A request for a path, which is SCRIPT_NAME, or over AJP13 the path of the URL.</summary>
    private static HandlerRequest At(Wire wire, string path, params string[] actions) =>
        new(wire, actions) { With = wire == Wire.Ajp ? [("REQUEST_URI", path)] : [("SCRIPT_NAME", path)] };

    private static async Task<JsonElement> StatusOf(ListeningHandler handler, Wire wire)
    {
        HandlerRequest request = At(wire, "/shims-status");
        Response page = await handler.AskAsync(request with { With = [.. request.With, ("QUERY_STRING", "json")] });
        Assert.True(page.Status == 200, page.ToString());
        return JsonDocument.Parse(page.Body).RootElement;
    }
}

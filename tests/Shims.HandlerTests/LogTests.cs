using System.Text.Json;

namespace Shims.HandlerTests;

/// <summary>The logs of a program with a handler, and the id of a request in its response.</summary>
public sealed class LogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogPath => _folder.PathTo("log");

    [Theory, MemberData(nameof(Wires.All), MemberType = typeof(Wires)), Trait("fault", "G1")]
    public async Task Each_response_has_an_id_and_that_of_the_web_server_where_it_is_trusted(Wire wire)
    {
        Assert.Matches("^[0-9a-f]{8}$", (await new HandlerRequest(wire, "write hello").SendAsync()).Header("X-Request-Id"));
        Assert.Equal("mine", (await new HandlerRequest(wire, "header X-Request-Id=mine", "write hello").SendAsync()).Header("X-Request-Id"));
        Response failed = await new HandlerRequest(wire, "throw") { Environment = ["SHIMS_TRUST_REQUEST_ID=1"], With = [(wire == Wire.Ajp ? "HTTP_X_REQUEST_ID" : "REQUEST_ID", "from.nginx-1")] }.SendAsync();
        Assert.Equal("from.nginx-1", failed.Header("X-Request-Id"));
        Assert.Contains(": from.nginx-1: ", failed.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires)), Trait("fault", "G2")]
    public async Task Each_line_that_a_handler_prints_has_time_program_and_request_in_a_file(Wire wire)
    {
        Response answer = await new HandlerRequest(wire, "error oh no", "write hello") { Environment = [$"SHIMS_STDERR={LogPath}"] }.SendAsync();
        Assert.Equal("hello", answer.Body);
        Assert.Matches($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ test-handler\[\d+\]: {answer.Header("X-Request-Id")}: oh no$", Assert.Single(await File.ReadAllLinesAsync(LogPath)));
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_log_can_be_JSON_and_have_a_line_for_each_request(Wire wire)
    {
        string access = _folder.PathTo("access");
        Response answer = await new HandlerRequest(wire, "error oh no", "status 404", "write hello") { Environment = [$"SHIMS_STDERR={LogPath}", "SHIMS_LOG_FORMAT=json", $"SHIMS_ACCESS_LOG={access}"] }.SendAsync();
        JsonElement said = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(LogPath))).RootElement, line = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(access))).RootElement;
        Assert.Equal(("script", "oh no", answer.Header("X-Request-Id")), (said.GetProperty("type").GetString(), said.GetProperty("message").GetString(), said.GetProperty("request").GetString()));
        Assert.Equal(("access", 404, 5), (line.GetProperty("type").GetString(), line.GetProperty("status").GetInt32(), line.GetProperty("bytes").GetInt32()));
        Assert.False(line.TryGetProperty("exit", out _));
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires)), Trait("fault", "G5")]
    public async Task After_SIGHUP_a_program_writes_to_new_logs_and_goes_on(Wire wire)
    {
        string access = _folder.PathTo("access");
        await using ListeningHandler handler = ListeningHandler.StartFor(wire, $"SHIMS_STDERR={LogPath}", $"SHIMS_ACCESS_LOG={access}");
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "error first", "write hello"))).Body);
        await Patience.UntilAsync(() => File.Exists(access) && File.ReadAllText(access).EndsWith('\n'), "the line");
        File.Move(LogPath, LogPath + ".1");
        File.Move(access, access + ".1");
        handler.Program.Signal(1);
        await Patience.UntilAsync(() => File.Exists(LogPath) && File.Exists(access), "the new files");
        Assert.Equal("hello", (await handler.AskAsync(new HandlerRequest(wire, "error second", "write hello"))).Body);
        await Patience.UntilAsync(() => File.ReadAllText(access).EndsWith('\n'), "the line");
        Assert.EndsWith(": second", Assert.Single(await File.ReadAllLinesAsync(LogPath)), StringComparison.Ordinal);
        Assert.EndsWith(": first", Assert.Single(await File.ReadAllLinesAsync(LogPath + ".1")), StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(access));
        Assert.Single(await File.ReadAllLinesAsync(access + ".1"));
        Assert.True(handler.Program.IsRunning);
    }

    public void Dispose() => _folder.Dispose();
}

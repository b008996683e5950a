using Shims.Control.Client;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.ControlTests.Client;

/// <summary>The client with the real gateways.</summary>
public sealed class GatewayClientTests : IDisposable
{
    private const string Hello = "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo hello\n";
    private const string Echo = "#!/bin/sh\necho 'Content-Type: text/plain'; echo; cat\n";

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public GatewayClientTests() => _patience.CancelAfter(Patience.Limit);

    public void Dispose()
    {
        _folder.Dispose();
        _patience.Dispose();
    }

    [Theory, InlineData("scgi-run", "Scgi"), InlineData("fcgi-run", "FastCgi")]
    public async Task Command_gets_the_connection_as_under_inetd(string program, string protocol)
    {
        await using GatewayResponse response = await SendAsync(Get("/hello.cgi"), program, protocol, Hello);
        Assert.Equal("hello\n", await TextAsync(response));
        Assert.Equal(200, response.Head!.Status);
        Assert.Equal("text/plain", response.Head.Find("content-type"));
        Assert.Equal(ResponseEnd.Clean, response.End);
        Assert.Null(response.Fault);
        Assert.Equal(0, response.CommandStatus!.Value.Code);
    }

    [Theory, InlineData("scgi-run", "Scgi"), InlineData("fcgi-run", "FastCgi")]
    public async Task Body_that_is_echoed_during_the_upload_arrives_complete(string program, string protocol)
    {
        byte[] body = new byte[3_000_000];
        Random.Shared.NextBytes(body);
        TestRequest request = (Get("/x") with { Method = "POST" }).WithBody(body);
        await using GatewayResponse response = await SendAsync(request, program, protocol, Echo);
        Assert.Equal(body, await response.ReadToEndAsync(_patience.Token));
        Assert.Equal(ResponseEnd.Clean, response.End);
    }

    [Theory, InlineData("scgi-run", "Scgi"), InlineData("fcgi-run", "FastCgi")]
    public async Task Standard_error_of_a_script_is_separated_from_its_response(string program, string protocol)
    {
        await using GatewayResponse response = await SendAsync(Get("/x"), program, protocol, "#!/bin/sh\necho warning >&2\necho 'Status: 404 Not Found'; echo; echo body\n");
        Assert.Equal("body\n", await TextAsync(response));
        Assert.Equal("warning\n", response.StandardError);
        Assert.Equal(404, response.Head!.Status);
    }

    [Fact]
    public async Task Exit_status_of_a_FastCGI_script_is_in_the_response()
    {
        await using GatewayResponse response = await SendAsync(Get("/x"), "fcgi-run", "FastCgi", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; exit 7\n");
        await TextAsync(response);
        Assert.Equal(new EndRequestBody(7, ProtocolStatus.RequestComplete), response.EndRequest);
    }

    [Fact]
    public async Task Times_of_a_response_are_in_order()
    {
        await using GatewayResponse response = await SendAsync(Get("/x"), "scgi-run", "Scgi", Hello);
        await TextAsync(response);
        TimeSpan?[] times = [TimeSpan.Zero, response.Times.Connected, response.Times.FirstByte, response.Times.Head, response.Times.LastByte];
        Assert.All(times, time => Assert.NotNull(time));
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public async Task Response_of_a_killed_script_is_reported_as_truncated()
    {
        await using GatewayResponse response = await SendAsync(Get("/x"), "fcgi-run", "FastCgi", "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo half\nkill -9 $$\n");
        Assert.Contains("half", await TextAsync(response), StringComparison.Ordinal);
        Assert.True(response.End is ResponseEnd.Reset or ResponseEnd.Early, $"{response.End}");
        Assert.NotNull(response.Fault);
    }

    [Fact]
    public async Task SCGI_request_to_a_FastCGI_gateway_is_explained_on_standard_error()
    {
        await using GatewayResponse response = await SendAsync(Get("/x"), "fcgi-run", "Scgi", Hello);
        await TextAsync(response);
        Assert.Contains("this is an SCGI request, but fcgi-run speaks FastCGI", response.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exec:/nowhere/scgi-run x", "no such file or directory (ENOENT)")]
    [InlineData("exec:no-such-program-anywhere", "command not found beside shimctl and on the PATH")]
    [InlineData("exec:/etc/passwd", "chmod +x /etc/passwd")]
    [InlineData("exec:/etc", "it is a directory")]
    [InlineData("unix:/nowhere/x.sock", "no such file or directory (ENOENT)")]
    [InlineData("unix:/etc/passwd", "this is not a socket")]
    [InlineData("unix:/etc", "this is a directory")]
    [InlineData("tcp:[::1]:1", "cannot connect to tcp:[::1]:1: ")]
    [InlineData("tcp:127.0.0.1:1", "connection refused (ECONNREFUSED)")]
    public async Task Failed_connection_is_reported_with_its_cause(string address, string expected)
    {
        ShimException exception = await Assert.ThrowsAsync<ShimException>(() =>
            GatewayClient.SendAsync(Get("/x"), GatewayAddress.Parse(address, out _)!, Protocols.Scgi, null, _patience.Token));
        Assert.Equal(ExitCode.SystemError, exception.ExitCode);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_a_request_terminates_the_command()
    {
        string script = _folder.WriteScript("slow.cgi", $"#!/bin/sh\necho $$ > {_folder.PathTo("pid")}\nexec sleep 600\n");
        using var impatience = new CancellationTokenSource();
        Task<GatewayResponse> sending = GatewayClient.SendAsync(Get("/slow.cgi"), GatewayAddress.Exec(Repository.ScgiRun, script), Protocols.Scgi, null, impatience.Token);
        await Patience.UntilAsync(() => File.Exists(_folder.PathTo("pid")) && File.ReadAllText(_folder.PathTo("pid")).EndsWith('\n'), "the script runs");
        int process = int.Parse(File.ReadAllText(_folder.PathTo("pid")), System.Globalization.CultureInfo.InvariantCulture);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await Patience.UntilAsync(() => !Directory.Exists($"/proc/{process}"), "the script has ended and been collected");
    }

    private static TestRequest Get(string url) => new() { Url = RequestUrl.Parse(url, out _)! };

    private Task<GatewayResponse> SendAsync(TestRequest request, string program, string protocol, string script) =>
        GatewayClient.SendAsync(request, GatewayAddress.Exec(Repository.Program(program), _folder.WriteScript("script.cgi", script)), Protocols.All.Single(known => known.Word.Equals(protocol, StringComparison.OrdinalIgnoreCase)), null, _patience.Token);

    private async Task<string> TextAsync(GatewayResponse response) => System.Text.Encoding.UTF8.GetString(await response.ReadToEndAsync(_patience.Token));
}

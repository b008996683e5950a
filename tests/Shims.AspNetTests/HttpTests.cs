using System.Net.Sockets;

namespace Shims.AspNetTests;

/// <summary>HTTP on what has been handed over: Kestrel serves, with the shim's ways to end.</summary>
public sealed class HttpTests
{
    [Fact]
    public async Task Kestrel_serves_one_connection_with_keep_alive_and_the_process_ends()
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch("SHIMS_PROTOCOL=http"), tcp: true);
        await using LaunchedProgram ended = program;
        using (connection)
        {
            for (int i = 0; i < 2; i++)
            {
                await connection.SendAsync("GET /hello/you HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
                Assert.StartsWith("HTTP/1.1 200", await connection.ReceiveUntilAsync("Hello you\r\n0\r\n\r\n"), StringComparison.Ordinal);
            }
        }
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task The_listening_socket_outlives_a_process_that_has_ended()
    {
        using var folder = new TemporaryFolder();
        int port = FreePort.Next();
        using Socket listener = App.Listen($"127.0.0.1:{port}");
        var browser = new Browser(port);
        for (int i = 0; i < 2; i++)
        {
            await using LaunchedProgram program = Launcher.Start(App.Launch("SHIMS_PROTOCOL=http", "SHIMS_IDLE=1") with { Input = listener.SafeHandle, Output = listener.SafeHandle });
            Assert.Equal("Hello you", (await browser.GetAsync("/hello/you")).Body);
            Assert.Equal(0, (await program.WaitAsync()).ExitCode);
        }
    }

    [Fact]
    public async Task No_request_is_lost_when_processes_end_under_load()
    {
        int port = FreePort.Next();
        await using var server = new SuperServer(App.Launch("SHIMS_PROTOCOL=http", "Shim__MaxRequests=10"), $"127.0.0.1:{port}");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (server.Ends < 2)
            {
                ScriptReply reply = await new Browser(port).GetAsync("/fill/300000");
                Assert.Equal((200, true, 300_000), (reply.Status, reply.IsComplete, reply.BodyBytes.Length));
            }
        }));
        Assert.Null(server.Failure);
    }

    [Fact]
    public async Task A_start_that_fails_is_a_503()
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch("SHIMS_PROTOCOL=http") with { Arguments = ["fail-late"] }, tcp: true);
        await using LaunchedProgram ended = program;
        using Connection open = connection;
        await connection.SendAsync("GET /hello/you HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Received received = await connection.ReceiveToEndAsync();
        Assert.StartsWith("HTTP/1.1 503", System.Text.Encoding.Latin1.GetString(received.Bytes), StringComparison.Ordinal);
        Assert.Equal(71, (await program.WaitAsync()).ExitCode);
    }
}

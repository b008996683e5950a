using System.Net.Sockets;
using System.Text;

namespace Shims.AspNetTests;

/// <summary>HTTP on what has been handed over: Kestrel serves, with the shim's ways to end.</summary>
public sealed class HttpTests
{
    private static readonly byte[] s_request = "GET /hello/you HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();

    /// <summary>Longer than a start takes.</summary>
    private static readonly TimeSpan s_start = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task Kestrel_serves_one_connection_with_keep_alive_and_the_process_ends()
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch("SHIMS_PROTOCOL=http"), tcp: true);
        await using LaunchedProgram ended = program;
        using (connection)
        {
            for (int i = 0; i < 2; i++)
            {
                await connection.SendAsync(s_request);
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

    /// <summary>Before the app has said what it speaks, afterwards, and when Kestrel has been started.</summary>
    [Theory, InlineData("fail"), InlineData("fail-late"), InlineData("fail-last")]
    public async Task A_start_that_fails_is_a_503(string how)
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch("Shim__Protocol=http") with { Arguments = [how] }, tcp: true);
        await using LaunchedProgram ended = program;
        using Connection open = connection;
        await connection.SendAsync(s_request);
        Received received = await connection.ReceiveToEndAsync();
        Assert.StartsWith("HTTP/1.1 503", Encoding.Latin1.GetString(received.Bytes), StringComparison.Ordinal);
        Assert.Equal(71, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_start_that_fails_is_a_503_on_a_listening_socket_too()
    {
        int port = FreePort.Next();
        await using LaunchedProgram program = App.StartWait(App.Launch("SHIMS_PROTOCOL=http") with { Arguments = ["fail-last"] }, $"127.0.0.1:{port}");
        Assert.Equal(503, (await new Browser(port).GetAsync("/hello/you")).Status);
        Assert.Equal(71, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task SIGTERM_at_any_moment_of_the_start_leaves_no_process_and_no_half_answer()
    {
        int steps = TestExtent.Of(8, 100);
        for (int i = 0; i < steps; i++)
        {
            (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch("SHIMS_PROTOCOL=http"), tcp: true);
            await using LaunchedProgram ended = program;
            using Connection open = connection;
            await connection.SendAsync(s_request);
            await Task.Delay(s_start * i / steps);
            program.Signal(15);
            string answer = Encoding.Latin1.GetString((await connection.ReceiveToEndAsync()).Bytes);
            await program.WaitAsync();
            // None is an answer too: the web server makes a 502 of it.
            bool isWhole = answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal) || (answer.StartsWith("HTTP/1.1 503", StringComparison.Ordinal) && answer.EndsWith(".\n", StringComparison.Ordinal));
            Assert.True(answer.Length == 0 || isWhole, $"step {i} of {steps}: {answer}");
        }
    }

    [Fact]
    public async Task SIGTERM_at_any_moment_leaves_a_request_in_the_listening_socket_to_the_next_process()
    {
        int steps = TestExtent.Of(6, 100);
        for (int i = 0; i < steps; i++)
        {
            int port = FreePort.Next();
            using Socket listener = App.Listen($"127.0.0.1:{port}");
            Launch launch = App.Launch("SHIMS_PROTOCOL=http") with { Input = listener.SafeHandle, Output = listener.SafeHandle };
            Task<ScriptReply> asking = new Browser(port).GetAsync("/hello/you");
            await using (LaunchedProgram first = Launcher.Start(launch))
            {
                await Task.Delay(s_start * i / steps);
                first.Signal(15);
                await first.WaitAsync();
            }
            await using LaunchedProgram second = Launcher.Start(launch);
            ScriptReply reply = await asking.Patiently();
            Assert.True(reply.Body == "Hello you", $"step {i} of {steps}: {reply.Status} {reply.Body}");
        }
    }
}

using System.Net.Sockets;

namespace Shims.HandlerTests;

/// <summary>A handler with a socket of its own, as a container runs it, and whom it serves.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_handler_serves_every_protocol_on_a_socket_that_it_opens_and_removes_its_path_at_the_end()
    {
        string path = _folder.PathTo("own.sock");
        await using LaunchedProgram program = Start($"SHIMS_LISTEN=unix:{path}", "SHIMS_ALLOW_ROOT=1", "SHIMS_SOCKET_MODE=0660");
        foreach (Wire wire in new[] { Wire.Scgi, Wire.FastCgi, Wire.Uwsgi })
        {
            using Connection connection = await ReachAsync(path, program);
            Assert.Equal("hello", (await new HandlerRequest(wire, "write hello").ExchangeAsync(connection)).Body);
        }
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(path));
        program.Signal(15);
        LaunchResult end = await program.WaitAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.ErrorText));
        Assert.False(Path.Exists(path));
    }

    [Fact]
    public async Task Connections_that_wait_in_its_socket_when_it_is_told_to_end_are_answered()
    {
        string path = _folder.PathTo("own.sock");
        await using LaunchedProgram program = Start($"SHIMS_LISTEN=unix:{path}", "SHIMS_ALLOW_ROOT=1");
        using (Connection first = await ReachAsync(path, program))
            Assert.Equal("hello", (await new HandlerRequest(Wire.Scgi, "write hello").ExchangeAsync(first)).Body);
        program.Signal(19);
        Connection[] waiting = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Connection.OpenAsync(path)));
        Task<Response>[] asking = [.. waiting.Select(connection => new HandlerRequest(Wire.Scgi, "echo") { Method = "POST", Body = "body"u8.ToArray() }.ExchangeAsync(connection))];
        program.Signal(15);
        program.Signal(18);
        foreach (Response response in await Task.WhenAll(asking))
            Assert.True(response is { Body: "body", BrokeOff: false }, response.ToString());
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
        Array.ForEach(waiting, connection => connection.Dispose());
    }

    [Theory]
    [InlineData("SHIMS_LISTEN=9000", "--listen takes ADDRESS:PORT or unix:PATH")]
    [InlineData("SHIMS_LISTEN=0.0.0.0:9000", "--allow-from")]
    [InlineData("SHIMS_ALLOW_FROM=localhost", "--allow-from contains")]
    public async Task A_wrong_setting_ends_with_64_and_serves_no_peer(string variable, string reason)
    {
        await using LaunchedProgram program = Start(variable, "SHIMS_ALLOW_ROOT=1");
        LaunchResult end = await program.WaitAsync();
        Assert.True(end.ExitCode == 64 && end.ErrorText.Contains(reason, StringComparison.Ordinal), $"{end.ExitCode}: {end.ErrorText}");
    }

    [Fact]
    public async Task Root_is_refused_unless_that_is_allowed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        await using LaunchedProgram program = Start($"SHIMS_LISTEN=unix:{_folder.PathTo("own.sock")}");
        LaunchResult end = await program.WaitAsync();
        Assert.True(end.ExitCode == 64 && end.ErrorText.Contains("--allow-root", StringComparison.Ordinal), $"{end.ExitCode}: {end.ErrorText}");
    }

    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_connection_of_a_peer_that_is_not_on_the_list_is_closed(Wire wire)
    {
        var request = new HandlerRequest(wire, "write hello") { Tcp = true };
        Assert.Equal("hello", (await (request with { Environment = ["SHIMS_ALLOW_FROM=127.0.0.0/8"] }).SendAsync()).Body);
        Assert.Equal("hello", (await (request with { Tcp = false, Environment = ["SHIMS_ALLOW_FROM=192.0.2.7"] }).SendAsync()).Body);
        SocketPair pair = SocketPair.CreateTcp();
        using Socket far = pair.Far;
        await using LaunchedProgram program = Launcher.Start(new Launch { Program = HandlerRequest.Program, Input = far.SafeHandle, Output = far.SafeHandle }
            .WithEnvironment([.. wire.Environment(), .. wire == Wire.Ajp ? ["SHIMS_INSECURE_NO_SECRET=1"] : Array.Empty<string>(), "SHIMS_ALLOW_FROM=192.0.2.7"]));
        far.Dispose();
        using var connection = new Connection(pair.Near);
        Assert.Empty((await connection.ReceiveToEndAsync()).Bytes);
        LaunchResult end = await program.WaitAsync();
        Assert.Equal(76, end.ExitCode);
        Assert.Contains("not in --allow-from", end.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_says_that_it_is_ready_and_ends_and_what_it_starts_cannot()
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(_folder.PathTo("notify")));
        await using ListeningHandler handler = ListeningHandler.Start($"NOTIFY_SOCKET={_folder.PathTo("notify")}", "WATCHDOG_USEC=60000000");
        Assert.Equal("READY=1", await ReceiveAsync());
        string seen = _folder.PathTo("seen");
        await handler.AskAsync(new HandlerRequest(Wire.Scgi, $"child env > {seen}"));
        Assert.DoesNotMatch("NOTIFY_SOCKET|WATCHDOG", await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken));
        // One that serves a connection tells nothing, and passes nothing on.
        await new HandlerRequest(Wire.Scgi, $"child env > {seen}") { Environment = [$"NOTIFY_SOCKET={_folder.PathTo("notify")}", "WATCHDOG_PID=1"] }.SendAsync();
        Assert.DoesNotMatch("NOTIFY_SOCKET|WATCHDOG", await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken));
        handler.Program.Signal(15);
        Assert.Equal("STOPPING=1", await ReceiveAsync());
        Assert.Equal(0, (await handler.Program.WaitAsync()).ExitCode);

        async Task<string> ReceiveAsync()
        {
            byte[] buffer = new byte[256];
            return System.Text.Encoding.ASCII.GetString(buffer, 0, await manager.ReceiveAsync(buffer).Patiently());
        }
    }

    [Fact]
    public async Task No_zombie_stays_with_a_handler_that_is_process_1_and_it_learns_how_its_children_end()
    {
        string path = _folder.PathTo("own.sock"), ended = _folder.PathTo("ended");
        await using LaunchedProgram program = Launcher.Start(FirstProcess.Of(new Launch { Program = HandlerRequest.Program }).WithEnvironment([$"SHIMS_LISTEN=unix:{path}", "SHIMS_ALLOW_ROOT=1"]));
        for (int i = 0; i < 10; i++)
        {
            using Connection connection = await ReachAsync(path, program);
            Assert.Equal("7", (await new HandlerRequest(Wire.Scgi, $"exit {FirstProcess.Leaving(ended)}; exit 7").ExchangeAsync(connection)).Body);
        }
        await FirstProcess.WaitForNoZombiesAsync(program, ended, 10);
        Assert.Equal("", program.ErrorSoFar);
    }

    private static LaunchedProgram Start(params string[] environment) => Launcher.Start(new Launch { Program = HandlerRequest.Program }.WithEnvironment(environment));

    private static async Task<Connection> ReachAsync(string path, LaunchedProgram program)
    {
        await Patience.UntilAsync(() => Path.Exists(path) || !program.IsRunning, "the handler to listen");
        Assert.True(program.IsRunning, program.ErrorSoFar);
        for (long start = Environment.TickCount64; ;)
        {
            try
            {
                return await Connection.OpenAsync(path);
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused && Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds)
            {
                // It has its path, and listens in a moment.
                await Task.Delay(1);
            }
        }
    }
}

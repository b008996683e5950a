using System.Net;
using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>--listen: a socket of its own, for containers.</summary>
public sealed class ListenTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    private const int Stop = 19, Continue = 18, Terminate = 15;

    public static TheoryData<RunModeUnderTest> Programs => RunModes.EachProgram;

    [Theory, MemberData(nameof(Programs))]
    public async Task A_program_serves_a_unix_socket_that_it_opens_and_removes_its_path_at_the_end(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve), path = Folder.PathTo("own.sock");
        await using OwnListener program = await OwnListener.ListenAsync(new Invocation(mode, script), path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        for (int i = 0; i < 3; i++)
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        LaunchResult end = await program.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.ErrorText));
        Assert.False(Path.Exists(path));
    }

    [Fact]
    public async Task Ajp_run_serves_a_unix_socket_that_it_opens_and_asks_for_a_secret_on_a_port()
    {
        Folder.MarkingScript("a.cgi");
        string path = Folder.PathTo("own.sock");
        await using LaunchedProgram program = Invocation.Start(new Launch { Program = Repository.Program("ajp-run"), Arguments = ["--listen", "unix:" + path, "--allow-root", Folder.Target] });
        using (var client = new AjpClient(await OwnListener.ReachAsync(path, () => program.IsRunning ? null : program.ErrorSoFar)))
            Assert.Equal("ran", (await client.ExchangeAsync(new AjpRequestData { Uri = "/a.cgi" })).Body);
        LaunchResult refused = await AjpProgram.RunAsync("--listen", $"127.0.0.1:{FreePort.Next()}", "--allow-root", Folder.Target);
        Assert.Equal(64, refused.ExitCode);
        Assert.Contains("--secret-file", refused.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("0660"), InlineData("0600"), InlineData("777")]
    public async Task The_mode_of_the_socket_is_the_one_that_is_asked_for_whatever_the_umask(string mode)
    {
        string path = Folder.PathTo("own.sock");
        await using OwnListener program = await OwnListener.ListenAsync(new Invocation(RunModeUnderTest.FastCgi, Folder.Shell(Serve)) { Options = ["--socket-mode", mode] }, path);
        Assert.Equal((UnixFileMode)Convert.ToInt32(mode, 8), File.GetUnixFileMode(path));
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_program_serves_a_port_of_loopback(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve), address = $"127.0.0.1:{FreePort.Next()}";
        await using OwnListener program = await OwnListener.ListenAsync(new Invocation(mode, script), address);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.Equal(0, (await program.EndAsync()).ExitCode);
        await Assert.ThrowsAsync<SocketException>(() => Connection.OpenAsync(address));
        // The port is free again at once.
        await using OwnListener next = await OwnListener.ListenAsync(new Invocation(mode, script), address);
        Assert.Equal("served", (await next.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory]
    [InlineData("[::1]", null, "[::1]", true)]
    [InlineData("0.0.0.0", "127.0.0.0/8", "127.0.0.1", true)]
    [InlineData("0.0.0.0", "10.0.0.0/8,::/0", "127.0.0.1", false)]
    [InlineData("[::]", "127.0.0.1", "127.0.0.1", true)]
    [InlineData("[::]", "::ffff:127.0.0.1", "127.0.0.1", true)]
    [InlineData("[::]", "::1", "[::1]", true)]
    [InlineData("[::]", "::/0", "127.0.0.1", false)]
    [InlineData("[::]", "127.0.0.1", "[::1]", false)]
    public async Task Peers_of_each_version_of_IP_are_known_by_their_addresses(string address, string? allowed, string from, bool isServed)
    {
        Assert.SkipUnless(!(address + from).Contains(':', StringComparison.Ordinal) || HasIPv6(), "needs ::1");
        string script = Folder.Shell(Serve);
        int port = FreePort.Next();
        string[] options = allowed is null ? [] : ["--allow-from", allowed];
        await using OwnListener program = OwnListener.Start(new Invocation(RunModeUnderTest.Plain, script) { Options = options }, $"{address}:{port}");
        using Connection connection = await OwnListener.ReachAsync($"{from}:{port}", () => program.Program.IsRunning ? null : program.Program.ErrorSoFar);
        Received received = await ScgiClient.ExchangeAsync(connection, RequestVariables.For("GET", script));
        if (isServed)
        {
            Assert.Equal("served", received.Reply.Body);
            return;
        }
        Assert.Empty(received.Bytes);
        await program.Program.WaitForLogAsync("an address that is not in --allow-from: add it there");
        Assert.Contains($"refused a connection from {(from == "127.0.0.1" && address == "[::]" ? "[::ffff:127.0.0.1]" : from)}:", program.Program.ErrorSoFar, StringComparison.Ordinal);
        Assert.True(program.Program.IsRunning);
    }

    [Fact]
    public async Task Root_is_refused_unless_that_is_allowed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        string path = Folder.PathTo("own.sock");
        await using LaunchedProgram program = Invocation.Start(new Invocation(RunModeUnderTest.Plain, Folder.Shell(Serve)) { Options = ["--listen", "unix:" + path] }.Launch);
        LaunchResult end = await program.WaitAsync();
        Assert.Equal(64, end.ExitCode);
        Assert.Contains("as root", end.ErrorText, StringComparison.Ordinal);
        Assert.Contains("--allow-root", end.ErrorText, StringComparison.Ordinal);
        Assert.False(Path.Exists(path));
    }

    [Theory]
    [InlineData("--listen takes ADDRESS:PORT or unix:PATH", "--listen", "9000")]
    [InlineData("--allow-from", "--listen", "0.0.0.0:9000")]
    [InlineData("--allow-from contains", "--allow-from", "10.0.0.1/8")]
    [InlineData("--allow-from contains", "--allow-from", "")]
    [InlineData("--socket-mode is the mode of the file", "--socket-mode", "0660")]
    [InlineData("--socket-mode takes an octal number", "--listen", "unix:/run/x", "--socket-mode", "rw")]
    [InlineData("--allow-root is of no use without --listen", "--allow-root")]
    [InlineData("--listen is given 2 times", "--listen", "unix:/run/x", "--listen", "unix:/run/y")]
    [InlineData("would let a script speak to systemd", "--pass-env", "NOTIFY_SOCKET")]
    public async Task A_wrong_option_ends_with_64_and_the_reason(string reason, params string[] options)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
        {
            await using LaunchedProgram program = Invocation.Start(new Invocation(mode, Folder.Shell(Serve)) { Options = options }.Launch);
            LaunchResult end = await program.WaitAsync();
            Assert.True(end.ExitCode == 64 && end.ErrorText.Contains(reason, StringComparison.Ordinal), $"{end.ExitCode}: {end.ErrorText}");
        }
    }

    [Fact]
    public async Task A_socket_of_a_super_server_beside_it_is_refused_and_a_connection_there_does_not_matter()
    {
        string script = Folder.Shell(Serve), path = Folder.PathTo("own.sock");
        using Socket listener = Address.Listen(Folder.PathTo("handed.sock"));
        Launch launch = OwnListener.LaunchOf(new Invocation(RunModeUnderTest.FastCgi, script), path);
        foreach (Launch both in (Launch[])[launch with { Input = listener.SafeHandle }, launch with { Further = [listener.SafeHandle], Environment = [.. launch.Environment, "LISTEN_FDS=1"u8.ToArray()] }])
        {
            // Only who is started knows its own number.
            Launch started = both.Further.Count == 0 ? both : both with { Program = "/bin/sh", Arguments = ["-c", "LISTEN_PID=$$; export LISTEN_PID; exec \"$0\" \"$@\"", both.Program, .. both.Arguments] };
            await using LaunchedProgram program = Invocation.Start(started);
            LaunchResult end = await program.WaitAsync();
            Assert.Equal(64, end.ExitCode);
            Assert.Contains("a super-server has handed over a listening socket", end.ErrorText, StringComparison.Ordinal);
        }
        using SocketPair pair = SocketPair.Create();
        await using LaunchedProgram serving = Invocation.Start(launch with { Input = pair.Far.SafeHandle });
        using var client = new FastCgiClient(await OwnListener.ReachAsync(path, () => serving.IsRunning ? null : serving.ErrorSoFar));
        Assert.Equal("served", (await client.ExchangeAsync(RequestVariables.For("GET", script), limit: Patience.Limit)).Reply.Body);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Connections_that_wait_in_its_socket_when_it_is_told_to_end_are_answered(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        foreach (string address in (string[])[Folder.PathTo("own.sock"), $"127.0.0.1:{FreePort.Next()}"])
        {
            await using OwnListener program = await OwnListener.ListenAsync(new Invocation(mode, script), address);
            program.Program.Signal(Stop);
            var waiting = new List<Conversation>();
            for (int i = 0; i < 20; i++)
            {
                waiting.Add(await program.ConnectAsync());
                await waiting[i].SendAsync(RequestVariables.For("POST", script), "body"u8.ToArray());
            }
            program.Program.Signal(Terminate);
            program.Program.Signal(Continue);
            for (int i = 0; i < waiting.Count; i++)
            {
                Response response = await waiting[i].FinishAsync();
                Assert.True(response is { Body: "served", BrokeOff: false }, $"{address}, {i}: {response}");
            }
            LaunchResult end = await program.Program.WaitAsync();
            Assert.Equal((0, ""), (end.ExitCode, end.ErrorText));
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Connections_that_wait_in_a_socket_of_a_super_server_are_left_for_the_next_process(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve), path = Folder.PathTo("handed.sock");
        using Socket listener = Address.Listen(path);
        Launch launch = new Invocation(mode, script).Launch with { Input = listener.SafeHandle, Output = listener.SafeHandle };
        await using LaunchedProgram first = Invocation.Start(launch);
        await using (var served = new Conversation(mode, await Connection.OpenAsync(path), null))
            Assert.Equal("served", (await served.ExchangeAsync(RequestVariables.For("GET", script))).Body);
        first.Signal(Stop);
        first.Signal(Terminate);
        var waiting = new List<Conversation>();
        for (int i = 0; i < 10; i++)
        {
            waiting.Add(new Conversation(mode, await Connection.OpenAsync(path), null));
            await waiting[i].SendAsync(RequestVariables.For("GET", script));
        }
        first.Signal(Continue);
        Assert.Equal(0, (await first.WaitAsync()).ExitCode);
        await using LaunchedProgram next = Invocation.Start(launch);
        foreach (Conversation conversation in waiting)
            Assert.Equal("served", (await conversation.FinishAsync()).Body);
    }

    [Fact]
    public async Task A_process_that_has_been_idle_ends_and_removes_its_path()
    {
        string path = Folder.PathTo("own.sock");
        await using OwnListener program = await OwnListener.ListenAsync(new Invocation(RunModeUnderTest.FastCgi, Folder.Shell(Serve)) { Options = ["--idle", "1"] }, path);
        Assert.Equal(0, (await program.Program.WaitAsync()).ExitCode);
        Assert.False(Path.Exists(path));
    }

    [Fact]
    public async Task A_process_whose_file_is_replaced_goes_on_as_no_other_would_be_started()
    {
        byte[] content = File.ReadAllBytes(RunModeUnderTest.FastCgi.Program());
        string installed = Folder.Script("fcgi-run", content), script = Folder.Shell(Serve);
        await using OwnListener program = await OwnListener.ListenAsync(new Invocation(RunModeUnderTest.FastCgi, script) { Adjust = launch => launch with { Program = installed } }, Folder.PathTo("own.sock"));
        File.Move(Folder.Script("new", content), installed, overwrite: true);
        // It would look at its file once a second, and end with the first request after that.
        for (long start = Environment.TickCount64; Environment.TickCount64 - start < 2500;)
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.True(program.Program.IsRunning);
    }

    private static bool HasIPv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

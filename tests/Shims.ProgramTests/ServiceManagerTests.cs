using System.Net.Sockets;
using System.Text;

namespace Shims.ProgramTests;

/// <summary>What systemd is told with Type=notify and WatchdogSec=, and that scripts cannot tell it anything.</summary>
public sealed class ServiceManagerTests : ProgramTest
{
    public static TheoryData<RunModeUnderTest> Programs => RunModes.EachProgram;

    [Theory, MemberData(nameof(Programs))]
    public async Task A_process_says_that_it_is_ready_and_that_it_ends(RunModeUnderTest mode)
    {
        foreach (string name in (string[])[Folder.PathTo("notify"), $"@shims-test-{Guid.NewGuid()}"])
        {
            using var manager = new Manager(name);
            await using ListeningProgram program = new Invocation(mode, Folder.EnvironmentScript()) { Environment = [$"NOTIFY_SOCKET={name}"] }.Listen();
            Assert.Equal("READY=1", await manager.ReceiveAsync());
            program.Program.Signal(15);
            Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
            Assert.Equal(0, (await program.Program.WaitAsync()).ExitCode);
        }
    }

    [Fact]
    public async Task A_process_with_a_socket_of_its_own_is_ready_when_clients_can_connect()
    {
        using var manager = new Manager(Folder.PathTo("notify"));
        string script = Folder.EnvironmentScript(), path = Folder.PathTo("own.sock");
        await using OwnListener program = OwnListener.Start(new Invocation(RunModeUnderTest.FastCgi, script) { Environment = [$"NOTIFY_SOCKET={manager.Name}"] }, path);
        Assert.Equal("READY=1", await manager.ReceiveAsync());
        Assert.Equal(200, (await program.AskAsync(RequestVariables.For("GET", script))).Status);
        Task<LaunchResult> ending = program.EndAsync();
        Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
        Assert.Equal(0, (await ending).ExitCode);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_process_gives_signs_of_life_while_it_is_idle_and_while_all_its_loops_have_work(RunModeUnderTest mode)
    {
        using var manager = new Manager(Folder.PathTo("notify"));
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = new Invocation(mode, script) { Environment = [$"NOTIFY_SOCKET={manager.Name}", "WATCHDOG_USEC=200000"] }.Listen();
        Assert.Equal("READY=1", await manager.ReceiveAsync());
        for (int i = 0; i < 5; i++)
            Assert.Equal("WATCHDOG=1", await manager.ReceiveAsync());
        // Several at a time start the other loops.
        for (int round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => program.AskAsync(RequestVariables.For("GET", script))));
            Assert.Equal("WATCHDOG=1", await manager.ReceiveAsync());
        }
        program.Program.Signal(15);
        Assert.Equal(0, (await program.Program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_watchdog_of_another_process_gets_no_sign_of_life()
    {
        using var manager = new Manager(Folder.PathTo("notify"));
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, Folder.EnvironmentScript()) { Options = ["--idle", "1"], Environment = [$"NOTIFY_SOCKET={manager.Name}", "WATCHDOG_USEC=20000", "WATCHDOG_PID=1"] }.Listen();
        Assert.Equal("READY=1", await manager.ReceiveAsync());
        // For a second it was idle, which is fifty times as long.
        Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
    }

    [Theory]
    [InlineData("/nowhere/notify")]
    [InlineData("vsock:2:1")]
    [InlineData("@")]
    [InlineData("")]
    public async Task A_service_manager_that_cannot_be_reached_disturbs_nothing(string name)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Environment = [$"NOTIFY_SOCKET={name}", "WATCHDOG_USEC=1000"] }.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        program.Program.Signal(15);
        LaunchResult end = await program.Program.WaitAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.ErrorText));
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task Scripts_see_nothing_of_it(RunModeUnderTest mode)
    {
        using var manager = new Manager(Folder.PathTo("notify"));
        string script = Folder.EnvironmentScript();
        string[] variables = [$"NOTIFY_SOCKET={manager.Name}", "WATCHDOG_USEC=10000000", "WATCHDOG_PID=1"];
        await using ListeningProgram program = new Invocation(mode, script) { Environment = variables }.Listen();
        Response waited = await program.AskAsync(RequestVariables.For("GET", script));
        Response alone = await new Invocation(mode, script) { Environment = variables }.AskAsync(RequestVariables.For("GET", script));
        foreach (Response response in (Response[])[waited, alone])
            Assert.DoesNotContain(EnvironmentOf(response), variable => variable.Key.StartsWith("NOTIFY", StringComparison.Ordinal) || variable.Key.StartsWith("WATCHDOG", StringComparison.Ordinal));
    }

    /// <summary>systemd's end of the socket.</summary>
    private sealed class Manager : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

        /// <param name="name">As NOTIFY_SOCKET has it.</param>
        internal Manager(string name)
        {
            Name = name;
            _socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name));
        }

        internal string Name { get; }

        internal async Task<string> ReceiveAsync()
        {
            using var patience = new CancellationTokenSource(Patience.Limit);
            byte[] buffer = new byte[256];
            return Encoding.ASCII.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, patience.Token));
        }

        public void Dispose() => _socket.Dispose();
    }
}

using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>--allow-from where a super-server hands over the connection or the socket.</summary>
public sealed class AllowFromTests : ProgramTest
{
    public static TheoryData<RunModeUnderTest> All => RunModes.All;

    public static TheoryData<RunModeUnderTest> Programs => RunModes.EachProgram;

    [Theory, MemberData(nameof(All))]
    public async Task A_connection_of_another_peer_is_closed_and_runs_nothing(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        await using Conversation conversation = new Invocation(mode, script) { Tcp = true, Options = ["--allow-from", "192.0.2.7,10.0.0.0/8,::1"] }.Connect();
        await conversation.TrySendAsync(mode.Encode(RequestVariables.For("GET", script)));
        (Received received, LaunchResult end) = await conversation.FinishRawAsync();
        Assert.Empty(received.Bytes);
        Assert.Equal(76, end.ExitCode);
        string line = Assert.Single(end.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"refused a connection from 127\.0\.0\.1:\d+, an address that is not in --allow-from: add it there", line);
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_connection_of_a_peer_on_the_list_and_one_over_a_unix_socket_are_served(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        foreach ((bool isTcp, string list) in new[] { (true, "127.0.0.0/8"), (false, "192.0.2.7") })
        {
            Response response = await new Invocation(mode, script) { Tcp = isTcp, Options = ["--allow-from", list] }.AskAsync(RequestVariables.For("GET", script));
            Assert.Equal(("ran", 0, ""), (response.Body, response.ExitCode, response.Log));
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_listening_socket_serves_the_peers_on_the_list(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        await using ListeningProgram open = new Invocation(mode, script) { Tcp = true, Options = ["--allow-from", "127.0.0.1"] }.Listen();
        Assert.Equal("ran", (await open.AskAsync(RequestVariables.For("GET", script))).Body);
        await using ListeningProgram closed = new Invocation(mode, script) { Tcp = true, Options = ["--allow-from", "192.0.2.7"] }.Listen();
        await using Conversation refused = await closed.ConnectAsync();
        Assert.Empty((await refused.Connection.ReceiveToEndAsync()).Bytes);
        await closed.WaitForLogAsync("not in --allow-from");
        Assert.True(closed.Program.IsRunning);
        await using ListeningProgram local = new Invocation(mode, script) { Options = ["--allow-from", "192.0.2.7"] }.Listen();
        Assert.Equal("ran", (await local.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Fact]
    public async Task Ajp_run_looks_at_the_peer_before_it_asks_for_the_secret()
    {
        Folder.MarkingScript("a.cgi");
        using Socket listener = Address.Listen("127.0.0.1:0");
        await using LaunchedProgram program = AjpProgram.StartOn(listener, "--insecure-no-secret", "--allow-from", "192.0.2.7", Folder.Target);
        using Connection connection = await Connection.OpenAsync(listener.LocalEndPoint!.ToString()!);
        Assert.Empty((await connection.ReceiveToEndAsync()).Bytes);
        await program.WaitForLogAsync("not in --allow-from");
    }

    [Theory]
    [InlineData("127.0.0.1", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "127.0.0.1", false)]
    public async Task On_a_listening_socket_the_option_takes_the_place_of_the_variable_of_FastCGI(string option, string variable, bool isServed)
    {
        string script = Folder.MarkingScript();
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Tcp = true, Options = ["--allow-from", option], Environment = [$"FCGI_WEB_SERVER_ADDRS={variable}"] }.Listen();
        if (isServed)
        {
            Assert.Equal("ran", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
            return;
        }
        await using Conversation refused = await program.ConnectAsync();
        Assert.Empty((await refused.Connection.ReceiveToEndAsync()).Bytes);
    }

    [Fact]
    public async Task A_request_from_a_pipe_has_no_peer()
    {
        string script = Folder.MarkingScript();
        using Pipe pipe = Pipe.Create();
        using (var writer = new FileStream(pipe.Writer, FileAccess.Write, bufferSize: 0))
            writer.Write(ScgiClient.Encode(RequestVariables.For("GET", script), default));
        await using LaunchedProgram program = Invocation.Start(new Invocation(RunModeUnderTest.Plain, script) { Options = ["--allow-from", "192.0.2.7"] }.Launch with { Input = pipe.Reader });
        LaunchResult end = await program.WaitAsync();
        Assert.True(end.ExitCode == 0 && Folder.HasRun, end.ErrorText);
    }
}

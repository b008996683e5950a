namespace Shims.AspNetTests;

/// <summary>SHIMS_ALLOW_FROM: whom an app serves over TCP.</summary>
public sealed class AllowFromTests
{
    [Theory, InlineData("gateway"), InlineData("http")]
    public async Task A_connection_of_a_peer_that_is_not_on_the_list_is_closed(string protocol)
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"SHIMS_PROTOCOL={protocol}", "SHIMS_ALLOW_FROM=192.0.2.7"), tcp: true);
        await using LaunchedProgram ended = program;
        using (connection)
            Assert.Empty((await connection.ReceiveToEndAsync()).Bytes);
        await program.WaitAsync();
    }

    [Theory, InlineData("gateway"), InlineData("http")]
    public async Task A_listening_socket_refuses_peers_that_are_not_on_the_list_and_says_so(string protocol)
    {
        string address = $"127.0.0.1:{FreePort.Next()}";
        await using LaunchedProgram program = App.StartWait(App.Launch($"SHIMS_PROTOCOL={protocol}", "SHIMS_ALLOW_FROM=192.0.2.7"), address);
        using Connection connection = await Connection.OpenAsync(address);
        Assert.Empty((await connection.ReceiveToEndAsync()).Bytes);
        await program.WaitForLogAsync("an address that is not in --allow-from: add it there");
        Assert.True(program.IsRunning);
    }

    [Fact]
    public async Task A_peer_on_the_list_is_served()
    {
        int port = FreePort.Next();
        await using LaunchedProgram program = App.StartWait(App.Launch("SHIMS_PROTOCOL=http", "SHIMS_ALLOW_FROM=127.0.0.0/8"), $"127.0.0.1:{port}");
        Assert.Equal("Hello you", (await new Browser(port).GetAsync("/hello/you")).Body);
    }
}

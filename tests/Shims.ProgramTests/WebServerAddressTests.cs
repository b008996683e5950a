using System.Net;
using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>FCGI_WEB_SERVER_ADDRS: from where fcgi-run lets itself be called over TCP. FastCGI 1.0, section 3.2.</summary>
public sealed class WebServerAddressTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("192.0.2.1,127.0.0.1")]
    [InlineData(" 127.0.0.1 , ::1 ")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task A_web_server_on_the_list_is_served(string addresses) => await ExpectAsync("127.0.0.1", addresses, isServed: true);

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("127.0.0.2,::1,10.0.0.0")]
    [InlineData("")]
    public async Task A_web_server_of_another_address_is_refused(string addresses) => await ExpectAsync("127.0.0.1", addresses, isServed: false);

    [Theory]
    [InlineData("::1", true)]
    [InlineData("0:0:0:0:0:0:0:1,192.0.2.1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("127.0.0.1", false)]
    public async Task IPv6_is_compared_too(string addresses, bool isServed)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 && HasIPv6Loopback(), "needs ::1");
        await ExpectAsync("::1", addresses, isServed);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("::1", false)]
    public async Task An_IPv4_caller_of_an_IPv6_socket_is_known_by_its_IPv4_address(string addresses, bool isServed)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "needs IPv6");
        await ExpectAsync("::ffff:127.0.0.1", addresses, isServed);
    }

    [Fact]
    public async Task Over_a_unix_socket_there_are_no_addresses()
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Environment = ["FCGI_WEB_SERVER_ADDRS=192.0.2.1"] }.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, InlineData("localhost"), InlineData("127.0.0.1;127.0.0.2"), InlineData("127.0.0.1/8")]
    public async Task A_list_of_addresses_that_cannot_be_understood_serves_no_peer_and_says_so(string addresses)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Tcp = true, Environment = [$"FCGI_WEB_SERVER_ADDRS={addresses}"] }.Listen();
        LaunchResult result = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("FCGI_WEB_SERVER_ADDRS", result.ErrorText, StringComparison.Ordinal);
    }

    private async Task ExpectAsync(string address, string addresses, bool isServed)
    {
        string script = Folder.Shell(Serve);
        using Socket listener = Listen(IPAddress.Parse(address));
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        await using ListeningProgram program = ListeningProgram.Start(new Invocation(RunModeUnderTest.FastCgi, script) { Environment = [$"FCGI_WEB_SERVER_ADDRS={addresses}"] },
            (launch, _) => launch with { Input = listener.SafeHandle, Output = listener.SafeHandle });
        // A mapped address is called as what it stands for.
        var caller = new IPEndPoint(IPAddress.Parse(address) is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : IPAddress.Parse(address), port);
        using var connection = await Connection.OpenAsync(caller.ToString());
        using var client = new FastCgiClient(connection);
        if (isServed)
        {
            Assert.Equal("served", (await client.ExchangeAsync(RequestVariables.For("GET", script), limit: Patience.Limit)).Reply.Body);
            return;
        }
        Assert.Empty((await connection.ReceiveToEndAsync()).Bytes);
        await program.WaitForLogAsync("FCGI_WEB_SERVER_ADDRS");
        Assert.True(program.Program.IsRunning);
    }

    private static Socket Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.IsIPv4MappedToIPv6)
            socket.DualMode = true;
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen(16);
        return socket;
    }

    private static bool HasIPv6Loopback()
    {
        try
        {
            using Socket socket = Listen(IPAddress.IPv6Loopback);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

namespace Shims.EndToEndTests;

/// <summary>Every other super-server there is an example for, behind nginx.</summary>
public sealed class SuperServerTests
{
    [Theory, InlineData("scgi-run", ""), InlineData("scgi-run", "-wait"), InlineData("fcgi-run", ""), InlineData("fcgi-run", "-wait")]
    public async Task Xinetd(string program, string variant)
    {
        var gateway = Gateway.Named(program);
        Requires.That(await Testing.Xinetd.FindAsync() is not null, "xinetd (or apt-get, and a mirror, to download it)");
        var installation = new Installation();
        ExampleFile service = ExampleFile.Read($"inetd-examples/xinetd/{program}{variant}").With($"= {gateway.FirstPort}", $"= {installation.PortOf(gateway.FirstPort)}");
        await ServesAsync(gateway, gateway.TcpAddress, installation,
            async () => await Testing.Xinetd.StartAsync(installation, service, installation.AddressOf(gateway.TcpAddress)));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Systemd_with_a_process_per_connection(string program)
    {
        Requires.Tools("systemd-socket-activate");
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        await ServesAsync(gateway, gateway.Socket, installation, async () => await SocketActivate.StartAsync(installation,
            ExampleFile.Read($"inetd-examples/systemd/{program}.socket"), ExampleFile.Read($"inetd-examples/systemd/{program}@.service")));
    }

    [Theory, InlineData("scgi-run", false), InlineData("scgi-run", true), InlineData("fcgi-run", false), InlineData("fcgi-run", true)]
    public async Task Systemd_with_one_process_for_all(string program, bool onDescriptor3)
    {
        Requires.Tools("systemd-socket-activate");
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        await ServesAsync(gateway, gateway.Socket, installation, async () => await SocketActivate.StartAsync(installation,
            ExampleFile.Read($"inetd-examples/systemd/{program}-wait.socket"), ExampleFile.Read($"inetd-examples/systemd/{program}-wait.service"), onDescriptor3));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Unixserver(string program)
    {
        Requires.Tools("unixserver");
        await RunScriptServesAsync(program, $"inetd-examples/ucspi/{program}-unixserver", WithOwnIds);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Tcpserver(string program)
    {
        Requires.Tools("tcpserver");
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        ExampleFile script = ExampleFile.Read($"inetd-examples/ucspi/{program}-tcpserver")
            // Without root it cannot change to another user, and refuses even to stay the same one.
            .With("-u 33 -g 33 ", "")
            .With($"127.0.0.1 {gateway.FirstPort}", $"127.0.0.1 {installation.PortOf(gateway.FirstPort)}");
        await ServesAsync(gateway, gateway.TcpAddress, installation,
            async () => await RunScript.StartAsync(installation, script, installation.AddressOf(gateway.TcpAddress)));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Runit_and_daemontools(string program)
    {
        Requires.Tools("unixserver");
        await RunScriptServesAsync(program, $"inetd-examples/runit/{program}/run", WithOwnIds);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Socat(string program)
    {
        Requires.Tools("socat");
        await RunScriptServesAsync(program, $"inetd-examples/socat/{program}", static script => script);
    }

    [Fact]
    public async Task Spawn_fcgi()
    {
        Requires.Tools("spawn-fcgi");
        // The same as with tcpserver.
        await RunScriptServesAsync("fcgi-run", "inetd-examples/ucspi/fcgi-run-spawn-fcgi", script => script.With("-u www-data -g www-data -U www-data -G www-data ", ""));
    }

    private static ExampleFile WithOwnIds(ExampleFile script) => script
        .With("-u 33 -g 33 -o 33 -r 33", $"-u {CurrentUser.Id} -g {CurrentUser.GroupId} -o {CurrentUser.Id} -r {CurrentUser.GroupId}");

    private static async Task RunScriptServesAsync(string program, string path, Func<ExampleFile, ExampleFile> change)
    {
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        await ServesAsync(gateway, gateway.Socket, installation,
            async () => await RunScript.StartAsync(installation, change(ExampleFile.Read(path)), installation.AddressOf(gateway.Socket)));
    }

    private static async Task ServesAsync(Gateway gateway, string address, Installation installation, Func<Task<Server>> startSuperServer)
    {
        await using Site site = await Site.StartAsync(gateway, address, installation, startSuperServer);

        ScriptReply hello = await site.Browser.GetAsync("/cgi-bin/hello.cgi");
        Assert.Equal((200, "Hello, world!\n"), (hello.Status, hello.Body));

        IReadOnlyDictionary<string, string> environment = (await site.Browser.GetAsync("/env?name=Ada%20L")).Environment;
        Assert.Equal("name=Ada%20L", environment["QUERY_STRING"]);
        // Nothing that the super-server says to its programs gets through to scripts.
        Assert.DoesNotContain(environment.Keys, name => name is "LISTEN_FDS" or "LISTEN_PID" or "PROTO" or "REMOTE_HOST"
            || name.StartsWith("TCP", StringComparison.Ordinal) || name.StartsWith("UNIX", StringComparison.Ordinal) || name.StartsWith("inetd", StringComparison.Ordinal));

        byte[] body = System.Text.Encoding.ASCII.GetBytes(new string('x', 200_000));
        ScriptReply echo = await site.Browser.PostAsync("/echo", body);
        Assert.True(body.AsSpan().SequenceEqual(echo.BodyBytes), $"{echo.BodyBytes.Length} bytes came back");

        IReadOnlyList<ScriptReply> replies = await Load.RunAsync(100, 8, () => site.Browser.GetAsync("/hello"));
        Assert.All(replies, reply => Assert.Equal((200, "Hello, world!\n", true), (reply.Status, reply.Body, reply.IsComplete)));
    }
}

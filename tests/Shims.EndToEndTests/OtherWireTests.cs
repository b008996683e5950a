namespace Shims.EndToEndTests;

/// <summary>Every super-server there is an example for, with uwsgi-run behind nginx and with ajp-run behind Apache.</summary>
public sealed class OtherWireTests
{
    private const string Secret = "open-sesame";

    public static TheoryData<string, string> Forms =>
        new(from program in (string[])["uwsgi-run", "ajp-run"]
            from form in (string[])["inetd", "xinetd", "xinetd-wait", "systemd", "systemd-wait", "unixserver", "tcpserver", "runit", "socat"]
            select (program, form));

    [Theory, MemberData(nameof(Forms))]
    public async Task An_example_serves_with_its_other_half(string program, string form)
    {
        await RequireAsync(program, form);
        var gateway = Gateway.Named(program);
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        bool isTcp = form.StartsWith("xinetd", StringComparison.Ordinal) || form == "tcpserver";
        await using Server behind = await StartSuperServerAsync(gateway, form, installation);
        if (Environment.IsPrivilegedProcess && !isTcp)
            await Command.RunAsync("chown", ["www-data", installation.AddressOf(gateway.Socket)]);
        await using Server front = program == "uwsgi-run" ? await StartNginxAsync(gateway, installation, isTcp) : await StartApacheAsync(gateway, installation, isTcp);
        var browser = new Browser(installation.PortOf(8080));
        ScriptReply reply = await browser.GetAsync("/cgi-bin/env.cgi/more?q=a%20b");
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{front.Log}\n{behind.Log}");
        Assert.Equal(("/cgi-bin/env.cgi", "/more", "q=a%20b"), (reply.Environment["SCRIPT_NAME"], reply.Environment["PATH_INFO"], reply.Environment["QUERY_STRING"]));
        byte[] body = System.Text.Encoding.ASCII.GetBytes(new string('x', 200_000));
        Assert.Equal(body, (await browser.PostAsync("/cgi-bin/echo.cgi", body)).BodyBytes);
    }

    [Fact]
    public async Task Apache_divides_requests_among_the_three_processes_of_the_example()
    {
        Requires.Tools("apache2", "inetd");
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        await using Inetd inetd = await Inetd.StartAsync(installation, Read(installation, "ajp-run.conf"));
        if (Environment.IsPrivilegedProcess)
            await Command.RunAsync("sh", ["-c", $"chown www-data {installation.Sockets}/ajp-?.sock"]);
        await using Apache apache = await Apache.StartAsync(installation, ExampleFile.Read("webserver-examples/apache-ajp-balancer.conf"), ["proxy", "proxy_ajp", "slotmem_shm", "lbmethod_byrequests", "proxy_balancer"]);
        var browser = new Browser(installation.PortOf(8080));
        for (int i = 0; i < 9; i++)
        {
            ScriptReply reply = await browser.GetAsync("/cgi-bin/hello.cgi");
            Assert.True((reply.Status, reply.Body) == (200, "Hello, world!\n"), $"{reply.Status}\n{apache.Log}\n{inetd.Log}");
        }
        Assert.Equal(3, inetd.Descendants.Count(static process => File.ReadAllText($"/proc/{process}/comm") == "ajp-run\n"));
    }

    private static async Task<Server> StartSuperServerAsync(Gateway gateway, string form, Installation installation)
    {
        string name = gateway.Name, port = $"{installation.PortOf(gateway.FirstPort)}", socket = installation.AddressOf(gateway.Socket), address = installation.AddressOf(gateway.TcpAddress);
        return form switch
        {
            "inetd" => await Inetd.StartAsync(installation, Read(installation, $"{name}.conf")),
            "xinetd" or "xinetd-wait" => await Xinetd.StartAsync(installation, Read(installation, $"xinetd/{name}{form["xinetd".Length..]}").With($"= {gateway.FirstPort}", $"= {port}"), address),
            "systemd" => await SocketActivate.StartAsync(installation, Read(installation, $"systemd/{name}.socket"), Read(installation, $"systemd/{name}@.service")),
            "systemd-wait" => await SocketActivate.StartAsync(installation, Read(installation, $"systemd/{name}-wait.socket"), Read(installation, $"systemd/{name}-wait.service")),
            "unixserver" => await RunScript.StartAsync(installation, WithOwnIds(Read(installation, $"ucspi/{name}-unixserver")), socket),
            "tcpserver" => await RunScript.StartAsync(installation, Read(installation, $"ucspi/{name}-tcpserver").With("-u 33 -g 33 ", "").With($"127.0.0.1 {gateway.FirstPort}", $"127.0.0.1 {port}"), address),
            "runit" => await RunScript.StartAsync(installation, WithOwnIds(Read(installation, $"runit/{name}/run")), socket),
            _ => await RunScript.StartAsync(installation, Read(installation, $"socat/{name}"), socket),
        };
    }

    /// <summary>An example for a super-server, with the file of the secret where a test may have one.</summary>
    private static ExampleFile Read(Installation installation, string path)
    {
        const string RealLife = "/etc/shims/ajp-secret";
        var file = ExampleFile.Read($"inetd-examples/{path}");
        if (!file.Text.Contains(RealLife, StringComparison.Ordinal))
            return file;
        string secret = installation.Folder.Write("ajp-secret", Secret + "\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file.With(RealLife, secret);
    }

    private static async Task<Server> StartNginxAsync(Gateway gateway, Installation installation, bool isTcp)
    {
        ExampleFile site = gateway.NginxExample;
        return await Nginx.StartAsync(installation, isTcp ? site.With("uwsgi_pass unix:/run/shims/uwsgi.sock;", "uwsgi_pass 127.0.0.1:3031;") : site);
    }

    private static async Task<Server> StartApacheAsync(Gateway gateway, Installation installation, bool isTcp)
    {
        var site = ExampleFile.Read("webserver-examples/apache-ajp.conf");
        return await Apache.StartAsync(installation, isTcp
            ? site.With($"\"unix:{gateway.Socket}|ajp://ajp-run/cgi-bin/\" nocanon ping=5", $"\"ajp://{gateway.TcpAddress}/cgi-bin/\" nocanon ping=5 secret={Secret}")
            : site, ["proxy", "proxy_ajp"]);
    }

    private static ExampleFile WithOwnIds(ExampleFile script) => script
        .With("-u 33 -g 33 -o 33 -r 33", $"-u {CurrentUser.Id} -g {CurrentUser.GroupId} -o {CurrentUser.Id} -r {CurrentUser.GroupId}");

    private static async Task RequireAsync(string program, string form)
    {
        Requires.Tools(program == "uwsgi-run" ? "nginx" : "apache2");
        if (form.StartsWith("xinetd", StringComparison.Ordinal))
            Requires.That(await Xinetd.FindAsync() is not null, "xinetd (or apt-get, and a mirror, to download it)");
        else
            Requires.Tools(form switch { "systemd" or "systemd-wait" => "systemd-socket-activate", "runit" => "unixserver", _ => form });
    }
}

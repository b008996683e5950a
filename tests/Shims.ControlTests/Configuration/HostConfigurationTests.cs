using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Shims.ControlTests.Deployments;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>What shimctl config writes for several hosts; run by the real servers, each host an address of the loopback interface.</summary>
public sealed class HostConfigurationTests
{
    private const string Hosts = "127.0.0.2,127.0.0.3,127.0.0.4";
    private static readonly string[] s_private = ["--hosts", "10.0.0.11,10.0.0.12", "--port", "9000", "--allow-from", "10.0.0.1,10.0.1.0/24"];

    [Theory, InlineData("nginx", "scgi"), InlineData("nginx", "fastcgi"), InlineData("nginx", "uwsgi"), InlineData("haproxy", "fastcgi")]
    public async Task Each_host_answers_and_when_one_is_gone_the_others_do(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "systemd");
        using var installation = new Installation();
        installation.Folder.WriteScript("cgi-bin/address.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s' $PPID\n");
        int port = FreePort.Next();
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "systemd", protocol,
            "--url", "/cgi-bin", "--dir", installation.Folder.PathTo("cgi-bin"), "--wait", "--hosts", Hosts, "--port", port.ToString(CultureInfo.InvariantCulture), "--allow-from", "127.0.0.1");
        var behind = new List<Server>();
        try
        {
            foreach (string host in Hosts.Split(','))
            {
                behind.Add(await SocketActivate.StartAsync(installation, ExampleFile.Of("socket", written.Texts.Single(text => text.Contains($"ListenStream={host}:{port}\n", StringComparison.Ordinal))),
                    ExampleFile.Of("service", written.Texts.Single(static text => text.Contains("\n[Service]\n", StringComparison.Ordinal)))));
                // Only the port was waited for, which the others have too.
                await Patience.UntilAsync(() => IsThere(host, port), $"{host} listens");
            }
            (Server server, Browser browser) = await written.StartWebServerAsync();
            await using Server front = server;
            var answered = new HashSet<string>();
            for (int i = 0; i < 12; i++)
                answered.Add(await AskAsync(browser, front));
            Assert.Equal(3, answered.Count);
            await behind[0].DisposeAsync();
            for (int i = 0; i < 12; i++)
                await AskAsync(browser, front);
        }
        finally
        {
            foreach (Server one in behind)
                await one.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_socket_of_systemd_is_open_to_the_web_server_alone_and_doctor_says_nothing_of_it()
    {
        (string Place, string Text)[] written = await WriteAsync("--web", "nginx", "--super", "systemd", "--protocol", "fastcgi", "--wait");
        string[] sockets = [.. written.Where(static piece => piece.Place.EndsWith("cgi-bin.socket", StringComparison.Ordinal)).Select(static piece => piece.Text)];
        Assert.Equal(["on 10.0.0.11, ", "on 10.0.0.12, ", "on each host, "], written.Take(3).Select(static piece => piece.Place.Split("systemd")[0]));
        for (int host = 0; host < 2; host++)
        {
            Assert.Contains($"\nListenStream=10.0.0.1{host + 1}:9000\n", sockets[host], StringComparison.Ordinal);
            Assert.Contains("\nIPAddressDeny=any\nIPAddressAllow=10.0.0.1 10.0.1.0/24\n", sockets[host], StringComparison.Ordinal);
            Assert.DoesNotContain("private network", sockets[host], StringComparison.Ordinal);
        }
        using var folder = new TemporaryFolder();
        folder.Write("cgi-bin.service", written[2].Text);
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", folder.Write("cgi-bin.socket", sockets[0]));
        Assert.DoesNotContain(diagnosis.Problems, static finding => finding.Cause.Contains("every client that reaches it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_manager_itself_finds_no_fault_with_the_units_of_a_host()
    {
        Requires.Tools("systemd-analyze");
        (string Place, string Text)[] written = await WriteAsync("--web", "nginx", "--super", "systemd", "--protocol", "fastcgi", "--wait", "--user", "root");
        using var folder = new TemporaryFolder();
        folder.Write("cgi-bin.service", written[2].Text);
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("systemd-analyze"),
            Arguments = ["verify", "--man=no", "--recursive-errors=no", folder.Write("cgi-bin.socket", written[0].Text)],
        });
        Assert.DoesNotContain(result.ErrorText.Split('\n'), line => line.Contains(folder.Path, StringComparison.Ordinal) && !line.Contains("PollLimitBurst", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_of_the_Internet_and_one_that_only_this_machine_reaches_are_remarked_on()
    {
        LaunchResult result = await RunAsync("--web", "nginx", "--super", "systemd", "--protocol", "scgi", "--hosts", "127.0.0.2,203.0.113.7,fd00::7", "--port", "4000", "--allow-from", "fd00::1");
        Assert.Contains("ListenStream=127.0.0.2:4000\n# Only this machine reaches that address", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("ListenStream=203.0.113.7:4000\n# That address is not one of a private network.", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("ListenStream=[fd00::7]:4000\n# The address may come later", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("    server [fd00::7]:4000 max_fails=1 fail_timeout=10s;\n", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apache", "systemd", "--hosts 10.0.0.1,10.0.0.2 --port 9000 --allow-from 10.0.0.3", "--hosts is for nginx and HAProxy: use --web nginx or --web haproxy")]
    [InlineData("lighttpd", "systemd", "--hosts 10.0.0.1,10.0.0.2 --port 9000 --allow-from 10.0.0.3", "--hosts is for nginx and HAProxy")]
    [InlineData("caddy", "systemd", "--hosts 10.0.0.1,10.0.0.2 --port 9000 --allow-from 10.0.0.3", "--hosts is for nginx and HAProxy")]
    [InlineData("nginx", "inetd", "--hosts 10.0.0.1,10.0.0.2 --port 9000", "add --allow-from with the address of the web server")]
    [InlineData("nginx", "unixserver", "--hosts 10.0.0.1,10.0.0.2 --port 9000 --allow-from 10.0.0.3", "unixserver listens at unix sockets only")]
    [InlineData("nginx", "tcpserver", "--hosts fd00::1,fd00::2 --port 9000 --allow-from 10.0.0.3", "tcpserver knows no IPv6 addresses")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,10.0.0.2 --port 9000 --allow-from 10.0.0.1/24", "write for example --allow-from 10.0.0.1 or --allow-from 10.0.0.0/24")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,10.0.0.2 --port 9000 --allow-from 10.1", "--allow-from takes IP addresses and networks")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,010.0.0.2 --port 9000 --allow-from 10.0.0.3", "--hosts takes the different IP addresses")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,10.0.0.2 --allow-from 10.0.0.3", "--hosts needs the port at which each host listens: add for example --port 9000")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,10.0.0.2 --port 9000", "add --allow-from with the address of the web server, for example --allow-from 10.0.0.1")]
    [InlineData("nginx", "systemd", "--hosts 127.0.0.2,10.0.0.2 --port 9000", "add --allow-from with the address of the web server")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1 --port 9000 --allow-from 10.0.0.3", "write for example --hosts 10.0.0.11,10.0.0.12,10.0.0.13")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,10.0.0.1 --port 9000 --allow-from 10.0.0.3", "--hosts takes the different IP addresses of two hosts or more")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,0.0.0.0 --port 9000 --allow-from 10.0.0.3", "--hosts takes the different IP addresses")]
    [InlineData("nginx", "systemd", "--hosts a.example,b.example --port 9000 --allow-from 10.0.0.3", "--hosts takes the different IP addresses")]
    [InlineData("nginx", "systemd", "--hosts 10.0.0.1,10.0.0.2 --port 9000 --allow-from web.example", "write for example --allow-from 10.0.0.1 or --allow-from 10.0.0.0/24")]
    [InlineData("nginx", "systemd", "--allow-from 10.0.0.3", "--allow-from is for --hosts: leave it out")]
    public async Task Several_hosts_that_cannot_work_or_are_open_to_everyone_are_refused_with_the_fix(string web, string super, string options, string cure)
    {
        LaunchResult result = await RunAsync(["--web", web, "--super", super, "--protocol", "fastcgi", .. options.Split(' ')]);
        Assert.Equal((64, ""), (result.ExitCode, result.OutputText));
        Assert.Contains(cure, result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("nginx", "scgi"), InlineData("haproxy", "fastcgi")]
    public async Task Doctor_finds_nothing_to_say_of_the_hosts_that_config_has_written(string web, string protocol)
    {
        (string Place, string Text)[] written = await WriteAsync("--web", web, "--super", "systemd", "--protocol", protocol, "--wait");
        using var folder = new TemporaryFolder();
        string file = web == "haproxy" ? folder.Write("haproxy.cfg", $"frontend site\n    bind 127.0.0.1:8080\n    mode http\n{written[^2].Text}{written[^1].Text}")
            : folder.Write("site.conf", $"{written[^2].Text}server {{\nlisten 8080;\n{written[^1].Text}}}\n");
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", file);
        Assert.DoesNotContain(diagnosis.Problems, static finding => finding.Cause.Contains("redispatch", StringComparison.Ordinal) || finding.Cause.Contains("a script may have begun", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("inetd", "10.0.0.11:9000 stream tcp nowait.9999999 www-data ")]
    [InlineData("inetd", "10.0.0.11:9000 stream tcp wait www-data ", "--wait")]
    [InlineData("freebsd-inetd", "# -a 10.0.0.11: inetd listens on every address otherwise")]
    [InlineData("xinetd", "bind            = 10.0.0.11\n")]
    [InlineData("launchd", "<string>10.0.0.11</string>")]
    [InlineData("tcpserver", "-H -R -l 0 10.0.0.11 9000 ")]
    [InlineData("spawn-fcgi", "-a 10.0.0.11 -p 9000 -- ")]
    public async Task Other_super_servers_listen_at_each_host_and_their_gateway_serves_the_web_server_alone(string super, string line, params string[] options)
    {
        (string Place, string Text)[] written = await WriteAsync(["--web", "nginx", "--super", super, "--protocol", "fastcgi", .. options]);
        (string Place, string Text)[] hosts = [.. written.Where(static piece => piece.Place.StartsWith("on 10.0.0.1", StringComparison.Ordinal))];
        Assert.Equal(["on 10.0.0.11", "on 10.0.0.12"], hosts.Select(static piece => piece.Place.Split(',')[0]));
        Assert.Contains(line, hosts[0].Text, StringComparison.Ordinal);
        Assert.Contains(line.Replace("10.0.0.11", "10.0.0.12", StringComparison.Ordinal), hosts[1].Text, StringComparison.Ordinal);
        string option = super == "launchd" ? "<string>--allow-from</string>\n        <string>10.0.0.1,10.0.1.0/24</string>" : "--allow-from 10.0.0.1,10.0.1.0/24";
        Assert.All(hosts, piece => Assert.Contains(option, piece.Text, StringComparison.Ordinal));
        Assert.All(hosts, static piece => Assert.Contains("for 10.0.0.1, 10.0.1.0/24 only, as the program is told", piece.Text, StringComparison.OrdinalIgnoreCase));
    }

    [Theory, InlineData("inetd"), InlineData("inetd", "--wait"), InlineData("xinetd"), InlineData("xinetd", "--wait")]
    public async Task Doctor_finds_no_open_door_in_what_config_has_written_and_finds_it_without_the_option(string super, params string[] options)
    {
        (string Place, string Text)[] written = await WriteAsync(["--web", "nginx", "--super", super, "--protocol", "fastcgi", .. options]);
        using var folder = new TemporaryFolder();
        foreach (bool names in (bool[])[true, false])
        {
            string text = names ? written[0].Text : written[0].Text.Replace(" --allow-from 10.0.0.1,10.0.1.0/24", "", StringComparison.Ordinal);
            Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", folder.Write(super == "inetd" ? "inetd.conf" : "cgi-bin", text));
            Assert.Equal(!names, diagnosis.Problems.Any(static finding => finding.Cause.Contains("every client that reaches it", StringComparison.Ordinal)));
            Assert.DoesNotContain(diagnosis.Problems, static finding => finding.Cause.Contains("refuses this line", StringComparison.Ordinal));
        }
    }

    [Theory, InlineData("inetd"), InlineData("inetd", "--wait"), InlineData("xinetd"), InlineData("xinetd", "--wait"), InlineData("tcpserver")]
    public async Task Each_real_super_server_serves_the_web_server_that_it_is_told_of_and_no_other(string super, params string[] options)
    {
        await ConfigurationTests.RequireAsync("nginx", super);
        foreach (string web in (string[])["127.0.0.1", "192.0.2.7"])
        {
            using var installation = new Installation();
            installation.Folder.WriteScript("cgi-bin/hello.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhello'\n");
            // The second host is one that is dead.
            WrittenConfiguration written = (await WrittenConfiguration.WriteAsync(installation, "nginx", super, "fastcgi", ["--url", "/cgi-bin", "--dir", installation.Folder.PathTo("cgi-bin"),
                "--hosts", "127.0.0.1,127.0.0.2", "--port", "9000", "--allow-from", web, .. options])).With("127.0.0.2:9000", $"127.0.0.2:{FreePort.Next()}");
            await using Server behind = await written.StartSuperServerAsync();
            (Server server, Browser browser) = await written.StartWebServerAsync();
            await using Server front = server;
            ScriptReply reply = await browser.GetAsync("/cgi-bin/hello.cgi");
            Assert.True((reply.Status, reply.Body) == (200, "hello") == (web == "127.0.0.1"), $"{reply.Status}: {reply.Body}\n{front.Log}\n{behind.Log}");
        }
    }

    private static async Task<string> AskAsync(Browser browser, Server front)
    {
        ScriptReply reply = await browser.GetAsync("/cgi-bin/address.cgi");
        Assert.True(reply.Status == 200, $"{reply.Status}: {reply.Body}\n{front.Log}");
        return reply.Body;
    }

    private static bool IsThere(string host, int port)
    {
        try
        {
            using var client = new TcpClient(host, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<(string Place, string Text)[]> WriteAsync(params IReadOnlyList<string> arguments)
    {
        LaunchResult result = await RunAsync([.. arguments, "--json", .. s_private]);
        Assert.True(result.ExitCode == 0, result.ErrorText);
        using JsonDocument pieces = JsonDocument.Parse(result.OutputText);
        return [.. pieces.RootElement.EnumerateArray().Select(static piece => (piece.GetProperty("place").GetString()!, piece.GetProperty("text").GetString()!))];
    }

    private static Task<LaunchResult> RunAsync(params IReadOnlyList<string> arguments) => Launcher.RunAsync(new Launch
    {
        Program = Repository.PathTo("bin/shimctl"),
        Arguments = ["config", "--url", "/cgi-bin", "--dir", "/srv/cgi-bin", .. arguments],
    });
}

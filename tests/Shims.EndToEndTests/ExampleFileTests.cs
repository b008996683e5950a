using System.Xml;
using System.Xml.Linq;

namespace Shims.EndToEndTests;

/// <summary>What can be said of the examples without starting them, for systems that these tests do not run on.</summary>
public sealed class ExampleFileTests
{
    public static TheoryData<string> LaunchdFiles => [.. FilesIn("inetd-examples/launchd")];

    public static TheoryData<string> FreeBsdFiles => [.. FilesIn("inetd-examples").Where(path => path.EndsWith(".freebsd.conf", StringComparison.Ordinal))];

    [Fact]
    public void Every_example_file_is_one_that_a_test_uses()
    {
        string[] tested =
        [
            "inetd-examples/cgi-bin/", "inetd-examples/www/", "inetd-examples/wsgi/",
            .. new[] { "scgi-run", "fcgi-run", "uwsgi-run", "ajp-run" }.SelectMany(program => new[]
            {
                $"inetd-examples/{program}.conf", $"inetd-examples/{program}.freebsd.conf",
                $"inetd-examples/xinetd/{program}", $"inetd-examples/xinetd/{program}-wait",
                $"inetd-examples/systemd/{program}.socket", $"inetd-examples/systemd/{program}@.service",
                $"inetd-examples/systemd/{program}-wait.socket", $"inetd-examples/systemd/{program}-wait.service",
                $"inetd-examples/launchd/org.example.{program}.plist", $"inetd-examples/launchd/org.example.{program}-wait.plist",
                $"inetd-examples/ucspi/{program}-unixserver", $"inetd-examples/ucspi/{program}-tcpserver",
                $"inetd-examples/runit/{program}/run", $"inetd-examples/runit/{program}/log/run",
                $"inetd-examples/socat/{program}",
            }),
            "inetd-examples/ucspi/fcgi-run-spawn-fcgi", "inetd-examples/uwsgi-run.conf",
            "nginx-examples/scgi.conf", "nginx-examples/fastcgi.conf", "nginx-examples/uwsgi.conf", "nginx-examples/php.conf", "nginx-examples/wsgi.conf", "nginx-examples/status.conf",
            // By the tests of three hosts.
            "nginx-examples/three-hosts.conf", "webserver-examples/haproxy-three-hosts.cfg",
            // By the tests of logs.
            "inetd-examples/logrotate.conf",
            // By the tests of handlers.
            "inetd-examples/apps.conf", "inetd-examples/apps/", "nginx-examples/app.conf",
            // By the tests of apps.
            .. new[] { "hello-app.socket", "hello-app@.service", "hello-app-wait.socket", "hello-app-wait.service" }.Select(name => $"inetd-examples/systemd/{name}"),
            .. new[] { "apache-app.conf", "apache-app-cgi.conf", "lighttpd-app.conf", "lighttpd-app-bin-path.conf", "lighttpd-app-authorizer.conf", "haproxy-app.cfg" }.Select(name => $"webserver-examples/{name}"),
            // By the rows of the matrix.
            .. new[]
            {
                "apache-scgi.conf", "apache-fcgi.conf", "apache-fcgid.conf", "lighttpd-scgi.conf", "lighttpd-fastcgi.conf", "lighttpd-authorizer.conf", "lighttpd-bin-path.conf",
                "apache-ajp.conf", "apache-ajp-balancer.conf", "apache-jk.conf", "lighttpd-ajp13.conf", "haproxy.cfg", "Caddyfile", "h2o.conf", "h2o-spawn.conf", "cgi-fcgi", "lighttpd-cgi-fcgi.conf", "apache-uwsgi.conf", "lighttpd-uwsgi.conf", "uwsgi-router.ini",
            }.Select(name => $"webserver-examples/{name}"),
        ];
        string[] untested = [.. FilesIn("inetd-examples").Concat(FilesIn("nginx-examples")).Concat(FilesIn("webserver-examples")).Where(path => !tested.Any(known => path == known || (known.EndsWith('/') && path.StartsWith(known, StringComparison.Ordinal))))];
        Assert.Empty(untested);
    }

    [Theory, MemberData(nameof(LaunchdFiles))]
    public void A_launchd_file_is_a_property_list_that_starts_the_program_on_a_socket(string path)
    {
        Dictionary<string, object> job = ReadPropertyList(path);
        bool wait = path.EndsWith("-wait.plist", StringComparison.Ordinal);
        Assert.Equal(Path.GetFileNameWithoutExtension(path), job["Label"]);

        var arguments = Assert.IsType<List<object>>(job["ProgramArguments"]);
        Assert.Equal(wait ? ["--idle", "60", "/Library/WebServer/CGI-Executables/"] : ["/Library/WebServer/CGI-Executables/"], arguments.Skip(1));
        Assert.StartsWith("/usr/local/libexec/", Assert.IsType<string>(arguments[0]));

        Assert.Equal(wait, Assert.IsType<Dictionary<string, object>>(job["inetdCompatibility"])["Wait"]);
        var listeners = Assert.IsType<Dictionary<string, object>>(Assert.IsType<Dictionary<string, object>>(job["Sockets"])["Listeners"]);
        Assert.StartsWith("/var/run/", Assert.IsType<string>(listeners["SockPathName"]));
        Assert.Equal(Convert.ToInt32("666", 8), listeners["SockPathMode"]);
        Assert.DoesNotContain("KeepAlive", job);
        Assert.DoesNotContain("RunAtLoad", job);
    }

    [Theory, MemberData(nameof(FreeBsdFiles))]
    public void A_line_for_FreeBSD_has_its_fields_in_order(string path)
    {
        IReadOnlyList<InetdService> services = InetdService.Parse(File.ReadLines(Repository.PathTo(path)));
        Assert.NotEmpty(services);
        Assert.All(services, service =>
        {
            Assert.Equal("stream", service.SocketType);
            // A unix socket carries :OWNER:GROUP:MODE: in front of its path; a TCP service is a name of /etc/services.
            Assert.Matches(service.Protocol == "unix" ? @"^:[a-z]+:[a-z]+:0[0-7]{3}:/var/run/[a-z-]+\.sock$" : "^[a-z]+$", service.Name);
            Assert.Matches("^(unix|tcp4)$", service.Protocol);
            Assert.Matches(@"^(wait|nowait(/\d+){1,4})$", service.Start);
            Assert.Equal("www", service.User);
            Assert.Equal(Path.GetFileName(service.Program), service.Arguments[0]);
            Assert.Equal("/usr/local/www/cgi-bin/", service.Arguments[^1]);
        });
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public void A_socket_unit_outlives_bursts_and_failures(string program)
    {
        UnitFile socket = Unit($"{program}.socket"), service = Unit($"{program}@.service"), waitSocket = Unit($"{program}-wait.socket"), waitService = Unit($"{program}-wait.service");
        Assert.Equal("yes", socket["Socket", "Accept"]);
        Assert.Equal("no", waitSocket["Socket", "Accept"]);
        Assert.Equal("0", socket["Socket", "TriggerLimitBurst"]);
        Assert.Equal("0", waitSocket["Socket", "TriggerLimitBurst"]);
        Assert.Equal(socket["Socket", "MaxConnections"], socket["Socket", "MaxConnectionsPerSource"]);
        Assert.Equal("0600", socket["Socket", "SocketMode"]);
        Assert.Equal("inactive-or-failed", service["Unit", "CollectMode"]);
        Assert.Equal("journal", service["Service", "StandardError"]);
        Assert.Equal("socket", service["Service", "StandardOutput"]);
        Assert.Equal("journal", waitService["Service", "StandardOutput"]);
    }

    [Fact]
    public async Task The_manager_itself_finds_no_fault_with_the_units()
    {
        Requires.Tools("systemd-analyze");
        using var installation = new Installation();
        // The units must lie together and under their own names. With a user that every machine has.
        foreach (string path in FilesIn("inetd-examples/systemd"))
            File.Copy(installation.Install(ExampleFile.Read(path).With("www-data", "root")), installation.Folder.PathTo(Path.GetFileName(path)));
        foreach (string path in FilesIn("inetd-examples/systemd").Where(path => path.EndsWith(".socket", StringComparison.Ordinal)))
        {
            LaunchResult result = await Launcher.RunAsync(new Launch
            {
                Program = Tool.PathOf("systemd-analyze"),
                Arguments = ["verify", "--man=no", "--recursive-errors=no", installation.Folder.PathTo(Path.GetFileName(path))],
            });
            // PollLimitBurst= came with systemd 255, and older ones only say that they do not know it.
            Assert.DoesNotContain(result.ErrorText.Split('\n'), line => line.Contains(installation.Folder.Path, StringComparison.Ordinal) && !line.Contains("PollLimitBurst", StringComparison.Ordinal));
        }
    }

    private static UnitFile Unit(string name) => UnitFile.Parse(File.ReadLines(Repository.PathTo($"inetd-examples/systemd/{name}")));

    private static IEnumerable<string> FilesIn(string folder) => Directory.EnumerateFiles(Repository.PathTo(folder), "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal);

    private static Dictionary<string, object> ReadPropertyList(string path)
    {
        // The document type names Apple's server: nobody has to be asked for it.
        using var reader = XmlReader.Create(Repository.PathTo(path), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        XElement root = XDocument.Load(reader).Root!;
        Assert.Equal(("plist", "1.0"), (root.Name.LocalName, root.Attribute("version")?.Value));
        return Assert.IsType<Dictionary<string, object>>(ReadValue(Assert.Single(root.Elements())));
    }

    private static object ReadValue(XElement element) => element.Name.LocalName switch
    {
        "dict" => ReadDictionary(element),
        "array" => element.Elements().Select(ReadValue).ToList(),
        "string" => element.Value,
        "integer" => int.Parse(element.Value, System.Globalization.CultureInfo.InvariantCulture),
        "true" => true,
        "false" => false,
        var other => throw new InvalidDataException($"<{other}> has no place in a property list"),
    };

    private static Dictionary<string, object> ReadDictionary(XElement element)
    {
        var pairs = new Dictionary<string, object>();
        foreach (XElement[] pair in element.Elements().Chunk(2))
        {
            Assert.Equal(2, pair.Length);
            Assert.Equal("key", pair[0].Name.LocalName);
            pairs.Add(pair[0].Value, ReadValue(pair[1]));
        }
        return pairs;
    }
}

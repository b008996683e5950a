using Shims.Control.Doctor;
using Shims.Control.Servers;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Inetd;
using Shims.Control.Servers.Nginx;
using Shims.Control.Servers.Writing;
using Shims.Control.Users;
using Shims.ControlTests.Doctor;
using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>Findings about configurations: right ones are left alone, as often as wrong ones are named.</summary>
public sealed class ServerFindingTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, Trait("fault", "F10"), InlineData("/usr/lib/x/scgi-run", "/usr/lib/x/scgi-run"), InlineData("scgi-run", "/usr/sbin/scgi-run")]
    public void A_line_with_tcpd_starts_the_program_that_is_named_after_tcpd(string named, string program)
    {
        string text = $"127.0.0.1:27180 stream tcp nowait.9999999 root /usr/sbin/tcpd {named} --status /srv/cgi-bin/hello.cgi\n";
        Service service = Assert.Single(Read(InetdConfiguration.Load("/etc/inetd.conf", text)));
        Assert.Equal((program, "/srv/cgi-bin/hello.cgi", true), (service.Command?.Program, service.Command?.Target, service.Command?.IsGateway));
    }

    [Theory, Trait("fault", "F21")]
    [InlineData("SocketUser=www-data\nSocketMode=0600", false), InlineData("SocketUser=games\nSocketMode=0666", false)]
    [InlineData("SocketUser=games\nSocketGroup=www-data\nSocketMode=0660", false), InlineData("SocketGroup=www-data\nSocketMode=0660", false)]
    [InlineData("SocketUser=games\nSocketMode=0600", true), InlineData("SocketUser=games\nSocketMode=0660", true)]
    [InlineData("SocketMode=0600", true), InlineData("SocketUser=games\nSocketGroup=www-data\nSocketMode=0600", true)]
    public void A_socket_unit_that_keeps_the_web_server_out_is_named_before_there_is_a_socket(string owner, bool isClosed)
    {
        Requires.That(UserAccount.Find("games") is not null && UserAccount.Find("www-data") is not null, "the users games and www-data");
        Finding[] found = [.. LookAt(Unit(owner)).Where(finding => finding.Cause.Contains("does not let user www-data connect", StringComparison.Ordinal))];
        Assert.Equal(isClosed ? 1 : 0, found.Length);
        if (isClosed)
            Assert.Contains("www-data", found[0].Command, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "F21")]
    public void The_folder_of_a_socket_unit_is_systemds_to_make()
    {
        Finding[] found = LookAt(Unit("SocketUser=www-data\nSocketMode=0600"));
        Assert.DoesNotContain(found, finding => finding.Cause.Contains("there is no folder", StringComparison.Ordinal));
        Assert.Contains(found, finding => finding.Cause.Contains("there is no such socket yet; systemd is to make it", StringComparison.Ordinal));
    }

    [Fact, Trait("fault", "F21")]
    public void The_folder_of_a_socket_of_inetd_has_to_be_made()
    {
        string file = _folder.Write("inetd.conf", $"{_folder.PathTo("no/s.sock")} stream unix nowait.9999999 root {programs.Folder}/scgi-run scgi-run {_folder.WriteScript("a.cgi", "#!/bin/sh\n")}\n");
        Assert.Contains(LookAt(file), finding => finding.Cause.Contains("there is no folder", StringComparison.Ordinal));
    }

    [Theory, Trait("fault", "F23")]
    [InlineData("WWW-Authenticate: Basic realm=x", "", true), InlineData("WWW-Authenticate: Basic realm=x", "--allow-env HTTP_X", true)]
    [InlineData("WWW-Authenticate: Basic realm=x", "--allow-env HTTP_AUTHORIZATION", false), InlineData("X-Other: 1", "", false)]
    public void A_password_that_the_gateway_holds_back_is_joined_with_the_log_in_that_repeats(string header, string options, bool isHeldBack)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { Gateway = [.. examined.Settings.Gateway, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)] };
        string script = examined.Script("auth.cgi", Examined.Printing($"Status: 401 Unauthorized\\n{header}\\nContent-Type: text/plain\\n\\nno\\n"));
        Finding[] warnings = [.. examined.LookAt(script).Where(finding => finding.Severity != Severity.Good)];
        Assert.Equal(isHeldBack ? 1 : 0, warnings.Length);
        if (isHeldBack)
            Assert.Contains("--allow-env HTTP_AUTHORIZATION", warnings[0].Advice, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "AF-A")]
    public void A_host_without_its_port_is_warned_of_where_the_site_is_and_not_in_the_file_that_it_includes()
    {
        string parameters = _folder.Write("scgi_params", "scgi_param REQUEST_METHOD $request_method;\nscgi_param HTTP_HOST $host;\n");
        string site = _folder.Write("site.conf", $"server {{\n  listen 8080;\n  location /x {{\n    include {parameters};\n    scgi_pass unix:/run/x.sock;\n  }}\n}}\n");
        NginxConfiguration configuration = NginxConfiguration.Load(site, File.ReadAllText(site));
        NginxLocation location = Assert.Single(configuration.Locations);
        Finding finding = Assert.Single(NginxChecks.Examine(location, configuration.ToUpstream(location)));
        Assert.Equal($"{site}:5", finding.Subject);
        Assert.DoesNotContain(";;", finding.Advice, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "F13")]
    public void An_address_that_holds_a_variable_is_said_not_to_have_been_looked_at()
    {
        string site = _folder.Write("site.conf", "server {\n  listen 80;\n  location /x {\n    scgi_param REQUEST_METHOD $request_method;\n    scgi_pass unix:/run/$sock;\n  }\n}\n");
        Finding finding = Assert.Single(LookAt(site));
        Assert.Equal((Severity.Good, "scgi_pass leads to an address that only a request decides, so it was not looked at"), (finding.Severity, finding.Cause));
    }

    [Theory, InlineData("fastcgi_pass", "fcgi-run"), InlineData("fastcgi_pass", "scgi-run"), InlineData("scgi_pass", "scgi-run")]
    public void A_pass_of_the_wrong_protocol_is_one_finding_and_parameters_of_the_wrong_protocol_are_one(string pass, string program)
    {
        string socket = _folder.PathTo("x.sock"), parameters = _folder.Write("scgi_params", "scgi_param REQUEST_METHOD $request_method;\n");
        string site = _folder.Write("site.conf",
            $"server {{\n  listen 80;\n  location /x {{\n    include {parameters};\n    scgi_param ONE 1;\n    scgi_param TWO 2;\n    {pass} unix:{socket};\n  }}\n}}\n");
        string inetd = _folder.Write("inetd.conf", $"{socket} stream unix nowait.9999999 www-data {programs.Folder}/{program} {program} {_folder.WriteScript("a.cgi", "#!/bin/sh\n")}\n");
        Finding[] found = [.. LookAt(site, inetd).Where(finding => finding.Severity == Severity.Error && finding.Subject.StartsWith(site, StringComparison.Ordinal))];
        if (pass == "scgi_pass")
        {
            Assert.Empty(found);
            return;
        }
        Finding finding = Assert.Single(found);
        Assert.Contains(program == "scgi-run" ? "the parameters of this location are for SCGI" : "scgi_param has no effect beside fastcgi_pass (", finding.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_no_configuration_makes_is_not_to_be_looked_for_in_files_that_have_been_read()
    {
        string site = _folder.Write("site.conf", $"server {{\n  listen 80;\n  location /x {{\n    scgi_param REQUEST_METHOD $request_method;\n    scgi_pass unix:{_folder.PathTo("no.sock")};\n  }}\n}}\n");
        Finding finding = Assert.Single(LookAt(site));
        Assert.Contains("there is no such socket", finding.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("shimctl doctor", finding.Advice, StringComparison.Ordinal);
    }

    [Theory, InlineData(20080, 3), InlineData(20083, 7), InlineData(20082, 11)]
    public void The_port_of_a_URL_chooses_the_server_of_nginx_and_then_its_name_does(int port, int line)
    {
        string Server(int listen, string name) =>
            $"server {{ listen {listen}; server_name {name};\n  scgi_param REQUEST_METHOD x;\n  location / {{ scgi_pass unix:{_folder.PathTo($"{listen}.sock")}; }}\n}}\n";
        string site = _folder.Write("site.conf", Server(20080, "localhost") + Server(20083, "localhost") + Server(20082, "localhost"));
        Finding[] found = LookAt($"http://localhost:{port}/hello", site);
        Assert.Contains(found, finding => finding.Subject == _folder.PathTo($"{port}.sock"));
        Upstream chosen = Assert.Single(VirtualServer.Choose(NginxConfiguration.Load(site, File.ReadAllText(site)).Upstreams, "localhost", port));
        Assert.Equal(line, chosen.Place.Line);
    }

    [Theory, InlineData("a.example", 1), InlineData("www.b.example", 2), InlineData("c.org", 3), InlineData("other", 4)]
    public void Of_servers_of_one_port_the_one_with_the_host_name_responds_and_else_the_default(string host, int line)
    {
        string Server(string names, string more) => $"server {{ listen 80 {more}; server_name {names}; location / {{ scgi_pass unix:/x.sock; }} }}\n";
        string text = Server("a.example", "") + Server("*.b.example", "") + Server("c.*", "") + Server("_", "default_server");
        Assert.Equal(line, Assert.Single(VirtualServer.Choose(NginxConfiguration.Load(_folder.Write("site.conf", text), text).Upstreams, host, 80)).Place.Line);
    }

    [Fact]
    public void A_URL_at_a_port_of_no_server_is_told_so_and_not_to_name_the_configuration_again()
    {
        string site = _folder.Write("site.conf", "server {\n  listen 20080;\n  location / { scgi_pass unix:/x.sock; }\n}\n");
        Finding finding = LookAt("http://localhost:20099/hello", site)[0];
        Assert.Equal("no web server's configuration that was found sends /hello at port 20099 to a gateway", finding.Cause);
        Assert.DoesNotContain("name the configuration", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--interpreter php=/usr/bin/php-cgi", "--interpreter takes .EXTENSION=PROGRAM, not \"php=/usr/bin/php-cgi\": begin the extension with a dot")]
    [InlineData("--max-body 10MB", "--max-body takes bytes, or a number with K, M or G, not \"10MB\"")]
    [InlineData("--timeout", "--timeout takes a whole number")]
    [InlineData("--statsu", "unknown option --statsu: write --status")]
    [InlineData("--options FILE", "line 2, section [a.cgi]: --status is for all scripts: write it above the first section")]
    public void A_line_that_the_gateway_refuses_is_an_error_in_its_own_words(string options, string words)
    {
        _folder.WriteScript("cgi/a.cgi", "#!/bin/sh\n");
        options = options.Replace("FILE", _folder.Write("options", "--truthful\n[a.cgi]\n--status\n"), StringComparison.Ordinal);
        Finding finding = Assert.Single(LookAt(Inetd(options, "cgi/")), finding => finding.Cause.StartsWith("scgi-run refuses this line: ", StringComparison.Ordinal));
        Assert.Contains(words, finding.Cause, StringComparison.Ordinal);
        Assert.Equal((Severity.Error, _folder.PathTo("inetd.conf:1")), (finding.Severity, finding.Subject));
    }

    [Fact]
    public void A_log_whose_folder_is_missing_is_a_warning()
    {
        _folder.WriteScript("cgi/a.cgi", "#!/bin/sh\n");
        Finding finding = Assert.Single(LookAt(Inetd("--stderr /nodir/e.log", "cgi/")), finding => finding.Cause.Contains("/nodir", StringComparison.Ordinal));
        Assert.Equal((Severity.Warning, "cannot write to the log --stderr /nodir/e.log: there is no directory /nodir"), (finding.Severity, finding.Cause));
    }

    [Theory, InlineData("--timeout 5", true), InlineData("--other 5", false)]
    public void An_option_of_the_gateway_behind_TARGET_is_a_warning(string words, bool isWarnedOf)
    {
        _folder.WriteScript("cgi/a.cgi", "#!/bin/sh\n");
        string file = Inetd("", $"cgi/ {words}");
        Assert.Equal(isWarnedOf, LookAt(file).Any(finding => finding.Severity == Severity.Warning
            && finding.Cause.StartsWith("--timeout stands behind TARGET", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_section_for_the_TARGET_of_another_line_with_the_same_file_is_right()
    {
        _folder.WriteScript("one/a.cgi", "#!/bin/sh\n");
        _folder.WriteScript("two/b.cgi", "#!/bin/sh\n");
        string options = _folder.Write("options", "[a.cgi]\n--timeout 5\n[b.cgi]\n--timeout 5\n[c.cgi]\n--timeout 5\n");
        string Line(string target) => $"{_folder.PathTo(target)}.sock stream unix nowait.9999999 root {programs.Folder}/scgi-run scgi-run --options {options} {_folder.PathTo(target)}/\n";
        string file = _folder.Write("inetd.conf", Line("one") + Line("two"));
        Assert.All(LookAt(file).Where(finding => finding.Cause.StartsWith("the section ", StringComparison.Ordinal)),
            finding => Assert.StartsWith("the section [c.cgi] ", finding.Cause, StringComparison.Ordinal));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_pass_in_the_wrong_protocol_changes_where_others_use_the_socket_rightly(bool isUsedRightly)
    {
        string socket = _folder.PathTo("x.sock");
        _folder.WriteScript("cgi/a.cgi", "#!/bin/sh\n");
        _folder.Write("scgi_params", "scgi_param REQUEST_METHOD $request_method;\n");
        _folder.Write("fastcgi_params", "fastcgi_param REQUEST_METHOD $request_method;\n");
        string Location(string path, string word) => $"  location {path} {{\n    {word}_pass unix:{socket};\n    include {_folder.Path}/{word}_params;\n    {word}_param SCRIPT_FILENAME {_folder.Path}/cgi/a.cgi;\n  }}\n";
        string site = _folder.Write("site.conf", $"server {{\n  listen 80;\n{Location("/wrong", "fastcgi")}{(isUsedRightly ? Location("/right", "scgi") : "")}}}\n");
        string inetd = Inetd("", "cgi/");
        Finding finding = Assert.Single(LookAt(site, inetd), finding => finding.Cause.StartsWith("fastcgi_pass speaks FastCGI, but scgi-run", StringComparison.Ordinal));
        Assert.Equal(isUsedRightly, finding.Command!.Contains(site, StringComparison.Ordinal));
        Assert.Equal(!isUsedRightly, finding.Command!.Contains(inetd, StringComparison.Ordinal));
        if (!isUsedRightly)
            return;
        foreach (string old in (string[])["fastcgi_pass", "fastcgi_params", "fastcgi_param"])
            Assert.Contains(old, finding.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_of_another_protocol_is_not_put_in_the_place_of_one_where_none_listens()
    {
        _folder.WriteScript("cgi/a.cgi", "#!/bin/sh\n");
        string site = _folder.Write("site.conf", $"server {{\n  listen 80;\n  location / {{\n    fastcgi_param REQUEST_METHOD x;\n    fastcgi_pass unix:{_folder.PathTo("x-fcgi.sock")};\n  }}\n}}\n");
        Finding finding = Assert.Single(LookAt(site, Inetd("", "cgi/")), finding => finding.Cause.Contains("where no super-server listens", StringComparison.Ordinal));
        Assert.Null(finding.Command);
        Assert.Contains("let inetd start fcgi-run at ", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_nginx_that_reads_the_configuration_is_told_of_a_change_and_no_other()
    {
        string pid = _folder.Write("nginx.pid", "1\n");
        string site = _folder.Write("nginx.conf", $"pid {pid};\nevents {{ }}\nhttp {{\n  server {{\n    location / {{ scgi_pass unix:/x.sock; }}\n  }}\n}}\n");
        Upstream upstream() => Assert.Single(NginxConfiguration.Load(site, File.ReadAllText(site)).Upstreams);
        Assert.Equal($"nginx -c {site} -s reload", upstream().Reload?.Text); // process 1 is none
        string program = _folder.PathTo("nginx");
        await Command.RunAsync("cp", ["/bin/sleep", program]);
        using var other = System.Diagnostics.Process.Start(program, ["600"]);
        try
        {
            File.WriteAllText(pid, $"{other.Id}\n");
            await Patience.UntilAsync(() => upstream().Reload?.Text == $"kill -HUP {other.Id}", "the process is seen");
        }
        finally
        {
            other.Kill();
        }
    }

    [Theory, InlineData("nginx"), InlineData("apache"), InlineData("lighttpd"), InlineData("caddy")]
    public void A_URL_that_the_rules_of_the_site_deny_is_not_one_to_send_a_request_to(string web)
    {
        ServerKind kind = ServerKinds.OfWord(web)!;
        var deployment = new Deployment
        {
            Protocol = Protocols.FastCgi,
            Url = "/wiki",
            Kind = TargetKind.Directory,
            Target = "/srv/wiki",
            Address = ListenAddress.Unix("/x.sock"),
            User = "a",
            WebUser = "b",
            Waits = false,
            ProgramFolder = "/usr/local/libexec",
            DeniedUrls = ["/wiki/bin/", "/wiki/install.php"],
        };
        string text = string.Concat(kind.Write(deployment).Select(piece => piece.Text));
        text = web switch
        {
            "nginx" => $"server {{\n  listen 80;\n{text}}}\n",
            "apache" => $"<VirtualHost *:80>\n{text}</VirtualHost>\n<VirtualHost *:81>\n<Location \"/\">\nRequire all denied\n</Location>\n</VirtualHost>\n",
            "caddy" => $":80 {{\n{text}}}\n",
            _ => text,
        };
        Upstream upstream = Assert.Single(kind.Read!(_folder.Write("site.conf", text), text).Upstreams);
        foreach (string open in (string[])["/wiki/page.php", "/wiki/more/bin/x.php"])
            Assert.True(upstream.Takes(open), open);
        foreach (string denied in (string[])["/wiki/bin/x.php", "/wiki/install.php"])
            Assert.False(upstream.Takes(denied), denied);
    }

    [Theory]
    [InlineData("/", 1), InlineData("/shop/", 1), InlineData("/index.php/more", 1), InlineData("/page", 1), InlineData("/.htpasswd", 0), InlineData("/there.css", 0)]
    public void The_location_that_nginx_chooses_takes_a_path_and_try_files_leads_to_a_named_one(string path, int count)
    {
        _folder.Write("there.css", "");
        string text = File.ReadAllText(Repository.PathTo("nginx-examples/php.conf")).Replace("root /srv/www", $"root {_folder.Path}", StringComparison.Ordinal);
        string site = _folder.Write("php.conf", text);
        Assert.Equal(count, NginxConfiguration.Load(site, text).Upstreams.Count(upstream => upstream.Takes(path)));
    }

    [Theory, InlineData("scgi"), InlineData("fastcgi")]
    public void Apaches_Alias_and_SetHandler_divide_the_path_of_one_script_rightly(string protocol)
    {
        string script = _folder.WriteScript("cgi/a.cgi", "#!/bin/sh\n"), socket = _folder.PathTo("x.sock");
        foreach (TargetKind target in (TargetKind[])[TargetKind.Script, TargetKind.Directory])
        {
            Protocol spoken = Protocols.OfWord(protocol)!;
            var deployment = new Deployment
            {
                Protocol = spoken,
                Url = "/tools/a",
                Kind = target,
                Target = target == TargetKind.Script ? script : _folder.PathTo("cgi"),
                Address = ListenAddress.Unix(socket),
                User = "root",
                WebUser = "www-data",
                Waits = false,
                ProgramFolder = programs.Folder,
            };
            string site = _folder.Write("site.conf", $"<VirtualHost *:80>\n{string.Concat(ServerKinds.OfWord("apache")!.Write(deployment).Select(piece => piece.Text))}</VirtualHost>\n");
            string inetd = _folder.Write("inetd.conf", string.Concat(ServerKinds.OfWord("inetd")!.Write(deployment).Select(piece => piece.Text)));
            Assert.DoesNotContain(LookAt(site, inetd), finding => finding.Cause.Contains("as it should be", StringComparison.Ordinal)
                || finding.Cause.StartsWith("for /tools", StringComparison.Ordinal));
        }
    }

    private string Inetd(string options, string target) => _folder.Write("inetd.conf",
        $"{_folder.PathTo("x.sock")} stream unix nowait.9999999 root {programs.Folder}/scgi-run scgi-run {options} {_folder.PathTo(target)}\n");

    private static IEnumerable<Service> Read(IConfiguration configuration) => configuration.Services;

    private static Finding[] LookAt(params string[] files) =>
        [.. Examinations.ExamineAll(files, new DoctorSettings { User = UserAccount.Current, MayRun = false, MaySend = false, Given = files, WebUser = UserAccount.Find("www-data") })];

    /// <summary>A socket unit in a folder that is not there yet, with its service.</summary>
    private string Unit(string owner)
    {
        string script = _folder.WriteScript("a.cgi", "#!/bin/sh\n");
        _folder.Write("s@.service", $"[Unit]\nCollectMode=inactive-or-failed\n[Service]\nExecStart={programs.Folder}/scgi-run {script}\nUser=www-data\nStandardInput=socket\nStandardError=journal\n");
        return _folder.Write("s.socket", $"[Socket]\nListenStream={_folder.PathTo("no/s.sock")}\n{owner}\nAccept=yes\nTriggerLimitBurst=0\n[Install]\nWantedBy=sockets.target\n");
    }
}

using System.Net.Sockets;
using System.Text;
using Shims.Control.Doctor;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Doctor looks at both halves of a set-up: what is set up rightly is right.</summary>
public sealed class SetupTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    private const string Works = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nworks'\n";

    [Fact, Trait("fault", "D8")]
    public void A_site_whose_root_lies_below_TARGET_is_asked_for_a_script_that_its_location_reaches()
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { MayRun = false };
        examined.Script("scripts/site2/scripts/form.pl", Works);
        string nginx = examined.Write("nginx.conf", $$"""
            server {
              listen 127.0.0.1:80;
              root {{examined.Folder}}/scripts/site2;
              location /scripts/ {
                scgi_param REQUEST_METHOD $request_method;
                scgi_param SCRIPT_FILENAME $document_root$uri;
                scgi_pass unix:{{examined.Folder}}/x.sock;
              }
            }

            """);
        Finding[] findings = examined.LookAt(Inetd(examined, $"scgi-run {examined.Folder}/scripts/"), nginx);
        Assert.DoesNotContain(findings, finding => finding.Cause.Contains("SCRIPT_FILENAME", StringComparison.Ordinal));
    }

    [Theory, Trait("fault", "D8")]
    [InlineData("proxy_pass http://unix:SOCKET:", "proxy_pass speaks HTTP, but scgi-run, which inetd starts there (INETD:1), speaks SCGI", "write scgi_pass unix:SOCKET; and include scgi_params;")]
    [InlineData("proxy_pass http://127.0.0.1:1", null, null)]
    public void A_pass_in_another_protocol_to_a_gateways_socket_is_an_error(string pass, string? cause, string? advice)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { MayRun = false };
        examined.Script("scripts/x.cgi", Works);
        string socket = examined.PathTo("x.sock"), inetd = Inetd(examined, $"scgi-run {examined.Folder}/scripts/");
        string nginx = examined.Write("nginx.conf", $"server {{\n  listen 127.0.0.1:80;\n  location / {{\n    {pass.Replace("SOCKET", socket, StringComparison.Ordinal)};\n  }}\n}}\n");
        Finding? found = examined.LookAt(inetd, nginx).SingleOrDefault(finding => finding.Subject == $"{nginx}:4");
        Assert.Equal(cause?.Replace("INETD", inetd, StringComparison.Ordinal), found?.Cause);
        Assert.Equal(advice?.Replace("SOCKET", socket, StringComparison.Ordinal), found?.Advice);
    }

    [Theory, Trait("fault", "D8"), InlineData("--stderr /var/log/here.log", false), InlineData("--stderr null", true)]
    public void The_log_is_the_one_that_the_services_line_names(string options, bool isWarnedOf)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { IsGatewayNamed = false };
        string script = examined.Script("scripts/x.cgi", "#!/bin/sh\nexit 3\n"), inetd = Inetd(examined, $"scgi-run {options} {examined.Folder}/scripts/");
        examined.Settings = examined.Settings with { Given = [inetd, script], User = Shims.Control.Users.UserAccount.Current, IsUserNamed = false };
        Finding[] findings = examined.LookAt(inetd, script);
        Assert.Contains(findings, finding => finding.Subject == script && finding.Cause.StartsWith("it ended with exit status 3", StringComparison.Ordinal));
        Assert.Equal(isWarnedOf, findings.Any(finding => finding.Severity == Severity.Warning && finding.Cause.Contains("--stderr null throws it away", StringComparison.Ordinal)));
    }

    [Theory, Trait("fault", "F26"), Trait("fault", "A05"), InlineData("", true), InlineData("--env SCRIPT_FILENAME=/srv/page.php --env REDIRECT_STATUS=200", false)]
    public void An_interpreter_as_TARGET_of_a_service_is_an_error_unless_it_is_told_its_page(string options, bool isError)
    {
        Requires.Tools("php-cgi");
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { MayRun = false };
        Finding[] findings = examined.LookAt(Inetd(examined, $"fcgi-run {options} /usr/bin/php-cgi"));
        Assert.Equal(isError, findings.Any(finding => finding.Cause.StartsWith("php-cgi runs the file that SCRIPT_FILENAME names", StringComparison.Ordinal)));
    }

    [Theory, Trait("fault", "F20"), InlineData("yes", "4755", true), InlineData("no", "4755", false), InlineData("yes", "755", false)]
    public async Task A_unit_that_runs_a_set_id_program_as_another_user_than_its_owner_is_warned_of(string value, string mode, bool isWarnedOf)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { MayRun = false };
        string program = examined.PathTo("wrapper");
        File.Copy("/bin/true", program);
        await Command.RunAsync("chown", ["games", program]);
        Examined.Chmod(program, mode);
        string socket = examined.Write("x.socket", $"[Unit]\n[Socket]\nListenStream={examined.PathTo("x.sock")}\nSocketMode=0600\nSocketUser=www-data\nAccept=yes\nTriggerLimitBurst=0\n[Install]\nWantedBy=sockets.target\n");
        examined.Write("x@.service", $"[Unit]\nCollectMode=inactive-or-failed\n[Service]\nExecStart={programs.Folder}/scgi-run {program}\nUser=www-data\nStandardInput=socket\nStandardError=journal\nNoNewPrivileges={value}\n");
        Assert.Equal(isWarnedOf, examined.LookAt(socket).Any(finding =>
            finding.Cause == $"NoNewPrivileges=yes makes {program}, which is set-id, run as www-data and not as its owner, games" && finding.Severity == Severity.Warning));
    }

    [Fact]
    public void Services_are_asked_side_by_side_and_each_once()
    {
        using var examined = new Examined(programs);
        const int count = 20;
        using var all = new CountdownEvent(count);
        var requests = new int[count];
        var inetd = new StringBuilder();
        var nginx = new StringBuilder("server {\n  listen 127.0.0.1:80;\n");
        var listeners = new List<Socket>();
        for (int i = 0; i < count; i++)
        {
            string socket = examined.PathTo($"{i}.sock"), script = examined.Script($"s{i}/x.cgi", Works);
            inetd.Append($"{socket} stream unix nowait.9999999 nobody {programs.Folder}/scgi-run scgi-run {script}\n");
            nginx.Append($"  location /{i}/ {{\n    scgi_param REQUEST_METHOD $request_method;\n    scgi_param SCRIPT_NAME /{i};\n    scgi_pass unix:{socket};\n  }}\n");
            int at = i;
            // Each responds to its request when all of them have come.
            listeners.Add(Respond(socket, _ =>
            {
                Interlocked.Increment(ref requests[at]);
                all.Signal();
                all.Wait();
                return "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nworks";
            }));
        }
        examined.Write("nginx.conf", nginx.Append("}\n").ToString());
        examined.Write("inetd.conf", inetd.ToString());
        examined.Settings = examined.Settings with { Given = [examined.PathTo("inetd.conf"), examined.PathTo("nginx.conf")] };
        Finding[] findings = examined.LookAt([.. examined.Settings.Given]);
        Assert.Equal(count, findings.Count(finding => finding.Cause.StartsWith("responds with 200 text/plain, 5 bytes", StringComparison.Ordinal)));
        Assert.All(requests, number => Assert.Equal(1, number));
        listeners.ForEach(listener => listener.Dispose());
    }

    [Fact]
    public void An_error_page_of_the_gateway_itself_leads_to_its_log_by_its_request_id()
    {
        using var examined = new Examined(programs);
        string script = examined.Script("x.cgi", Works);
        using Socket listener = Respond(examined.PathTo("x.sock"), _ => "Status: 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<p>No.</p>\nRequest id: 0123abcd\n");
        Finding[] findings = LookAtMount(examined, script, "");
        Finding finding = Assert.Single(findings, finding => finding.Cause == "the gateway responds to /x with 502");
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.StartsWith("look for 0123abcd in its log (", finding.Advice, StringComparison.Ordinal);
        Assert.EndsWith($"ask about the script itself: shimctl doctor {script}", finding.Advice, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "D8")]
    public async Task Git_is_asked_through_its_socket_for_a_page_of_a_repository_and_not_at_all_without_one()
    {
        using var examined = new Examined(programs);
        string root = Directory.CreateDirectory(examined.PathTo("git")).FullName;
        var asked = new List<string>();
        using Socket listener = Respond(examined.PathTo("x.sock"), request =>
        {
            lock (asked)
                asked.Add(request);
            return "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nworks";
        });
        const string git = "/usr/lib/git-core/git-http-backend";
        LookAtMount(examined, git, $"--env GIT_PROJECT_ROOT={root} ");
        Assert.Empty(asked);

        await Command.RunAsync("git", ["init", "-q", "--bare", $"{root}/a project.git"]);
        Finding[] findings = LookAtMount(examined, git, $"--env GIT_PROJECT_ROOT={root} ");
        Assert.Contains("\0PATH_INFO\0/a project.git/info/refs\0", Assert.Single(asked), StringComparison.Ordinal);
        Assert.Contains(findings, finding => finding.Severity == Severity.Good && finding.Cause.StartsWith("responds with 200 text/plain, 5 bytes", StringComparison.Ordinal));
    }

    /// <summary>Looks at a script that is mounted at /x, with x.sock between nginx and the gateway.</summary>
    private Finding[] LookAtMount(Examined examined, string script, string options)
    {
        string socket = examined.PathTo("x.sock");
        string inetd = examined.Write("inetd.conf", $"{socket} stream unix nowait.9999999 nobody {programs.Folder}/scgi-run scgi-run {options}{script}\n");
        string nginx = examined.Write("nginx.conf", $$"""
            server {
              listen 127.0.0.1:80;
              location ~ ^/x(/.*)?$ {
                scgi_param REQUEST_METHOD $request_method;
                scgi_param SCRIPT_NAME /x;
                scgi_param PATH_INFO $1;
                scgi_param QUERY_STRING $query_string;
                scgi_pass unix:{{socket}};
              }
            }

            """);
        examined.Settings = examined.Settings with { Given = [inetd, nginx] };
        return examined.LookAt([.. examined.Settings.Given]);
    }

    /// <summary>A server of SCGI that responds to each request with a text.</summary>
    private static Socket Respond(string path, Func<string, string> respond)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Examined.Chmod(path, "666");
        new Thread(() =>
        {
            try
            {
                while (true)
                {
                    using Socket connection = listener.Accept();
                    byte[] buffer = new byte[64 * 1024];
                    int length = connection.Receive(buffer);
                    if (length > 0)
                        connection.Send(Encoding.UTF8.GetBytes(respond(Encoding.UTF8.GetString(buffer, 0, length))));
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
            {
            }
        })
        { IsBackground = true }.Start();
        return listener;
    }

    [Fact]
    public async Task Each_file_is_read_once_however_many_services_name_it()
    {
        Requires.Tools("strace");
        using var examined = new Examined(programs);
        const int count = 20;
        var inetd = new StringBuilder();
        for (int i = 0; i < count; i++)
            inetd.Append($"{examined.PathTo($"{i}.sock")} stream unix nowait.9999999 nobody {programs.Folder}/scgi-run scgi-run {examined.Script($"s{i}/x.cgi", Works)}\n");
        examined.Write("inetd.conf", inetd.ToString());
        string calls = examined.PathTo("calls");
        await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("strace"),
            Arguments = ["-f", "-o", calls, "-e", "trace=open,openat", Path.Combine(programs.Folder, "shimctl"), "doctor", "--no-run", examined.PathTo("inetd.conf")],
        });
        string[] opened = [.. File.ReadAllLines(calls).Where(line => line.Contains($"\"{examined.Folder}/", StringComparison.Ordinal) && !line.Contains(" = -1 ", StringComparison.Ordinal))];
        Assert.Single(opened, line => line.Contains("/inetd.conf\"", StringComparison.Ordinal));
        for (int i = 0; i < count; i++)
            Assert.Single(opened, line => line.Contains($"/s{i}/x.cgi\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_the_services_interpreter_runs_is_looked_at_so_without_running_anything()
    {
        Requires.Tools("php-cgi");
        using var examined = new Examined(programs);
        string page = examined.Write("www/a.php", "<?php echo 1;\n");
        string inetd = Inetd(examined, $"scgi-run --interpreter .php=/usr/bin/php-cgi {examined.Folder}/www/");
        examined.Settings = examined.Settings with { MayRun = false, IsGatewayNamed = false, User = Shims.Control.Users.UserAccount.Current, IsUserNamed = false, Given = [inetd, page] };
        Finding finding = Assert.Single(examined.LookAt(page));
        Assert.Equal((Severity.Good, "user nobody can start it"), (finding.Severity, finding.Cause));
    }

    [Fact]
    public void Of_several_lines_the_one_with_the_nearest_TARGET_and_the_interpreter_of_the_file_counts()
    {
        using var examined = new Examined(programs);
        string page = examined.Write("www/shop/a.php", "");
        string Line(string options, string target) =>
            $"{examined.PathTo("x.sock")} stream unix nowait.9999999 nobody {programs.Folder}/scgi-run scgi-run {options} {examined.Folder}/{target}\n";
        string inetd = examined.Write("inetd.conf", Line("--env A=1", "www/") + Line("--env B=1", "www/shop/")
            + Line("--env C=1 --interpreter .php=/usr/bin/php-cgi", "www/shop/"));
        var set = new Shims.Control.Servers.Checking.ConfigurationSet([inetd], [], Shims.Control.Servers.ServerKinds.Read);
        IReadOnlyList<string> gateway = Shims.Control.Servers.Checking.ServiceUsers.NameUser(page, set, examined.Settings with { IsGatewayNamed = false }).Gateway;
        Assert.Contains("C=1", gateway);
        Assert.DoesNotContain("A=1", gateway);
        Assert.DoesNotContain("B=1", gateway);
    }

    [Fact]
    public void A_URL_is_followed_to_the_page_that_an_interpreter_runs_and_its_mistake_is_named()
    {
        Requires.Tools("php-cgi");
        using var examined = new Examined(programs);
        string page = examined.Write("www/a.php", "<?php\necho 1\necho 2;\n");
        string inetd = Inetd(examined, $"scgi-run --interpreter .php=/usr/bin/php-cgi {examined.Folder}/www/");
        using Responder server = new("500 Internal Server Error", "");
        string nginx = examined.Write("nginx.conf", $"server {{\n  listen 127.0.0.1:{server.Port};\n  location / {{\n    scgi_param REQUEST_METHOD x;\n    scgi_param SCRIPT_FILENAME {examined.Folder}/www$uri;\n    scgi_pass unix:{examined.PathTo("x.sock")};\n  }}\n}}\n");
        string url = $"http://127.0.0.1:{server.Port}/a.php";
        examined.Settings = examined.Settings with { IsGatewayNamed = false, Given = [url, nginx, inetd] };
        Finding[] findings = examined.LookAt(url);
        Assert.Contains(findings, finding => finding.Subject == page && finding.Severity == Severity.Error && finding.Cause.Contains("syntax error", StringComparison.Ordinal));
    }

    [Theory, InlineData("/app/", "500 Internal Server Error", "Error"), InlineData("/elsewhere", "500 Internal Server Error", "Good")]
    public void A_redirect_to_the_same_path_with_a_slash_is_followed_and_no_other(string location, string second, string severity)
    {
        using var examined = new Examined(programs);
        using Responder server = new("308 Permanent Redirect", $"Location: {location}\r\n", second);
        string url = $"http://127.0.0.1:{server.Port}/app";
        Assert.Equal(severity, examined.LookAt(url)[0].Severity.ToString());
    }

    [Theory, InlineData("/x.cgi/", true), InlineData("/y", false)]
    public void A_script_that_redirects_to_its_own_path_with_a_slash_is_asked_for_that(string location, bool isFollowed)
    {
        using var examined = new Examined(programs);
        string script = examined.Script("x.cgi", "#!/bin/sh\n"
            + $"if [ \"$PATH_INFO\" = / ]; then printf 'Status: 500 No\\n\\nno\\n'; else printf 'Status: 308 Permanent Redirect\\nLocation: {location}\\n\\n'; fi\n");
        Assert.Equal(isFollowed, examined.LookAt(script).Any(finding => finding.Cause.StartsWith("it responds with 500 itself", StringComparison.Ordinal)));
    }

    /// <summary>A web server that responds to the first connection with one status, and to later ones with another.</summary>
    private sealed class Responder : IDisposable
    {
        private readonly TcpListener _listener = new(System.Net.IPAddress.Loopback, 0);

        internal Responder(string status, string headers, string? later = null)
        {
            _listener.Start();
            new Thread(() =>
            {
                try
                {
                    for (string line = $"HTTP/1.1 {status}\r\n{headers}"; ; line = $"HTTP/1.1 {later ?? status}\r\n")
                    {
                        using Socket connection = _listener.AcceptSocket();
                        connection.Receive(new byte[4096]);
                        connection.Send(Encoding.ASCII.GetBytes($"{line}Connection: close\r\n\r\n"));
                    }
                }
                catch (SocketException)
                {
                    // The test is over.
                }
            })
            { IsBackground = true }.Start();
        }

        internal int Port => ((System.Net.IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();
    }

    [Theory, InlineData(200, "Good"), InlineData(502, "Error"), InlineData(404, "Warning")]
    public void A_URL_is_asked_and_the_way_of_its_request_is_looked_at(int status, string severity)
    {
        using var examined = new Examined(programs);
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        string asked = "";
        var server = new Thread(() =>
        {
            using Socket connection = listener.AcceptSocket();
            var buffer = new byte[4096];
            asked = Encoding.ASCII.GetString(buffer, 0, connection.Receive(buffer));
            connection.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Some\r\nServer: nginx/1.22.1\r\nConnection: close\r\n\r\npage"));
        });
        server.Start();
        string nginx = examined.Write("nginx.conf", $"server {{\n  listen 127.0.0.1:{port};\n  location /cgi-bin/ {{\n    scgi_param REQUEST_METHOD x;\n    scgi_pass unix:{examined.PathTo("x.sock")};\n  }}\n}}\n");
        string url = $"http://127.0.0.1:{port}/cgi-bin/x.cgi?a=b";
        examined.Settings = examined.Settings with { Given = [url, nginx] };
        Finding[] findings = examined.LookAt(url);
        server.Join();
        Assert.StartsWith("GET /cgi-bin/x.cgi?a=b HTTP/1.1\r\nHost: 127.0.0.1:", asked, StringComparison.Ordinal);
        Assert.Equal((severity, url), (findings[0].Severity.ToString(), findings[0].Subject));
        Assert.StartsWith($"nginx/1.22.1 responds with {status}", findings[0].Cause, StringComparison.Ordinal);
        // The next on the way is the socket, which is not there.
        Assert.Contains(findings, finding => finding.Subject == examined.PathTo("x.sock") && finding.Severity == Severity.Error);
    }

    private string Inetd(Examined examined, string command)
    {
        string path = examined.Write("inetd.conf", $"{examined.PathTo("x.sock")} stream unix nowait.9999999 nobody {programs.Folder}/{command.Split(' ')[0]} {command}\n");
        examined.Settings = examined.Settings with { Given = [path] };
        return path;
    }
}

using System.Text;
using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>Options of <c>shimctl config</c> by which the web server does more than pass requests on; run by the real servers.</summary>
public sealed class ConfigurationOptionTests
{
    public static TheoryData<string, string> WebServers =>
        new(TestExtent.EachValue(from web in (string[])["nginx", "apache", "lighttpd", "caddy"] from protocol in ConfigurationTests.ProtocolsOf(web) select (web, protocol)));

    public static TheoryData<string, string> WithPasswords => new(WebServers.Where(row => row.Data.Item1 != "caddy").Select(row => row.Data));

    [Theory, MemberData(nameof(WebServers)), Trait("fault", "AF-D")]
    public async Task An_alias_has_files_that_the_web_server_sends_itself(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation);
        installation.Folder.Write("icons/sub/style.css", "body {}");
        foreach (string url in (string[])["/icons", "/tools/icons"])
        {
            WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol,
                "--url", "/tools", "--dir", scripts, "--alias", $"{url}={installation.Folder.PathTo("icons")}/");
            await using Server behind = await written.StartSuperServerAsync();
            (Server server, Browser browser) = await written.StartWebServerAsync();
            await using Server front = server;
            ScriptReply file = await browser.GetAsync($"{url}/sub/style.css");
            Assert.True(file is { Status: 200, Body: "body {}" }, $"{file.Status} {file.Body}\n{front.Log}\n{behind.Log}");
            Assert.Equal(200, (await browser.GetAsync("/tools/env.cgi")).Status);
        }
    }

    [Theory, MemberData(nameof(WithPasswords)), Trait("fault", "AF-E")]
    public async Task Only_users_with_a_password_come_in_and_scripts_know_their_names(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation);
        installation.Folder.Write("icons/x.txt", "plain");
        string users = installation.Folder.PathTo("users");
        await Command.RunAsync("sh", ["-c", $"printf 'ada:%s\\n' \"$(openssl passwd -apr1 -salt shims secret)\" >{users}"]);
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol,
            "--url", "/tools", "--dir", scripts, "--user-auth", users, "--alias", $"/tools/icons={installation.Folder.PathTo("icons")}");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        foreach (string path in (string[])["/tools/env.cgi", "/tools/icons/x.txt"])
        {
            Assert.Equal(401, (await browser.GetAsync(path)).Status);
            Assert.Equal(401, (await browser.GetAsync(path, Login("ada", "wrong"))).Status);
            ScriptReply reply = await browser.GetAsync(path, Login("ada", "secret"));
            Assert.True(reply.Status == 200, $"{path}: {reply.Status} {reply.Body}\n{front.Log}\n{behind.Log}");
        }
        Assert.Equal("ada", (await browser.GetAsync("/tools/env.cgi", Login("ada", "secret"))).Environment["REMOTE_USER"]);
    }

    [Theory, MemberData(nameof(WebServers))]
    public async Task The_status_page_is_at_the_socket_and_refused_by_the_web_server(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation);
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol,
            "--url", "/tools", "--dir", scripts, "--wait", "--status-path", "/shims-status");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        Assert.Equal(200, (await browser.GetAsync("/tools/env.cgi")).Status);
        ScriptReply page = await browser.GetAsync("/shims-status");
        Assert.True(page.Status == 403, $"{page.Status} {page.Body}\n{front.Log}\n{behind.Log}");
        string word = protocol switch { "fastcgi" => "--fastcgi", "uwsgi" => "--uwsgi", "ajp13" => "--ajp", _ => "--scgi" };
        string status = await Command.RunAsync(Repository.Program("shimctl"), ["status", word, written.Address]);
        Assert.StartsWith("program: ", status, StringComparison.Ordinal);
    }

    [Theory, InlineData("scgi"), InlineData("fastcgi"), InlineData("uwsgi")]
    public async Task In_nginx_the_status_page_is_seen_by_an_address_that_is_let_in(string protocol)
    {
        await ConfigurationTests.RequireAsync("nginx", "inetd");
        using var installation = new Installation();
        string scripts = await CopyOfScriptsAsync(installation);
        WrittenConfiguration written = (await WrittenConfiguration.WriteAsync(installation, "nginx", "inetd", protocol,
            "--url", "/tools", "--dir", scripts, "--wait", "--status-path", "/shims-status")).With("deny all;", "allow 127.0.0.1; deny all;");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        ScriptReply page = await browser.GetAsync("/shims-status");
        Assert.True(page.Body.StartsWith("program: ", StringComparison.Ordinal), $"{page.Status} {page.Body}\n{front.Log}\n{behind.Log}");
    }

    [Theory, MemberData(nameof(WebServers))]
    public async Task A_folder_of_files_with_an_interpreter_is_served_and_its_index_file_responds(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        using var installation = new Installation();
        installation.Folder.Write("pages/index.sh", "printf 'Content-Type: text/plain\\n\\n%s' \"index $SCRIPT_NAME\"\n");
        installation.Folder.Write("pages/page.sh", "printf 'Content-Type: text/plain\\n\\n%s' \"page $SCRIPT_NAME $PATH_INFO\"\n");
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol,
            "--url", "/blog", "--dir", installation.Folder.PathTo("pages"), "--interpreter", ".sh=/bin/sh", "--index", "index.php,index.sh", "--timeout", "100");
        Assert.Contains("--timeout 100", written.Texts[0], StringComparison.Ordinal);
        // Here everything belongs to the one who runs the tests.
        written = written.With("--interpreter", "--allow-writable --interpreter");
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        ScriptReply page = await browser.GetAsync("/blog/page.sh/more");
        Assert.True(page.Body == "page /blog/page.sh /more", $"{page.Status} {page.Body}\n{front.Log}\n{behind.Log}");
        ScriptReply index = await browser.GetAsync("/blog/");
        Assert.True(index.Body == "index /blog/index.sh", $"{index.Status} {index.Body}\n{front.Log}\n{behind.Log}");
    }

    [Theory, MemberData(nameof(WebServers)), InlineData("haproxy", "fastcgi")]
    public async Task A_folder_with_an_index_file_redirects_to_the_slash(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        foreach (string url in (string[])["/blog", "/pages", "/deep/blog"])
        {
            using var installation = new Installation();
            installation.Folder.Write("pages/index.sh", "printf 'Content-Type: text/plain\\n\\n%s' \"index $SCRIPT_NAME\"\n");
            WrittenConfiguration written = (await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol,
                "--url", url, "--dir", installation.Folder.PathTo("pages"), "--interpreter", ".sh=/bin/sh", "--index", "index.sh"))
                // Here everything belongs to the one who runs the tests.
                .With("--interpreter", "--allow-writable --interpreter");
            await using Server behind = await written.StartSuperServerAsync();
            (Server server, Browser browser) = await written.StartWebServerAsync();
            await using Server front = server;
            foreach ((string asked, string expected) in new[] { (url, $"{url}/"), ($"{url}?a=b%20c&d", $"{url}/?a=b%20c&d") })
            {
                ScriptReply reply = await browser.GetAsync(asked);
                // HAProxy 2.6 makes a 302 of each response of FastCGI that has a Location.
                Assert.True(reply.Status == (web == "haproxy" ? 302 : 301), $"{asked}: {reply.Status} {reply.Body}\n{front.Log}\n{behind.Log}");
                string location = reply.Header("Location")!;
                Assert.Equal(expected, location.StartsWith('/') ? location : new Uri(location).PathAndQuery);
            }
            Assert.Equal($"index {url}/index.sh", (await browser.GetAsync($"{url}/")).Body);
            Assert.NotEqual(301, (await browser.GetAsync($"{url}2")).Status);
        }
    }

    [Theory, MemberData(nameof(WebServers))]
    public async Task Beside_its_pages_a_folder_has_files_of_the_named_kinds_and_nothing_else(string web, string protocol)
    {
        await ConfigurationTests.RequireAsync(web, "inetd");
        foreach (string url in (string[])["/blog", "/pages"])
        {
            using var installation = new Installation();
            string script = "printf 'Content-Type: text/plain\\n\\n%s' \"page $SCRIPT_NAME $PATH_INFO\"\n";
            foreach (string name in (string[])["page.sh", "data/page.sh", "lib/style.css", "data/style.css", "secret.txt", ".git/style.css", "lib/.style.css"])
                installation.Folder.Write($"pages/{name}", name.EndsWith(".sh", StringComparison.Ordinal) ? script : name);
            WrittenConfiguration written = (await WrittenConfiguration.WriteAsync(installation, web, "inetd", protocol,
                "--url", url, "--dir", installation.Folder.PathTo("pages"), "--interpreter", ".sh=/bin/sh", "--files", ".css,.png", "--deny", $"{url}/data/"))
                // Here everything belongs to the one who runs the tests.
                .With("--interpreter", "--allow-writable --interpreter");
            await using Server behind = await written.StartSuperServerAsync();
            (Server server, Browser browser) = await written.StartWebServerAsync();
            await using Server front = server;
            ScriptReply file = await browser.GetAsync($"{url}/lib/style.css"), page = await browser.GetAsync($"{url}/page.sh/more/style.css");
            Assert.True((file.Status, file.Body) == (200, "lib/style.css"), $"{file.Status} {file.Body}\n{front.Log}\n{behind.Log}");
            Assert.True(page.Body == $"page {url}/page.sh /more/style.css", $"{page.Status} {page.Body}\n{front.Log}\n{behind.Log}");
            foreach (string refused in (string[])["secret.txt", ".git/style.css", "lib/.style.css", "data/page.sh", "data/style.css", "/data/page.sh", "lib/../data/style.css", "%64ata/page.sh", "page.sh%00.css"])
            {
                ScriptReply reply = await browser.SendAsync("GET", $"{url}/{refused}");
                Assert.True(reply.Status >= 400, $"{refused}: {reply.Status} {reply.Body}");
            }
        }
    }

    [Theory]
    [InlineData("inetd", "", "echo 'd /run/shims 0700 www-data - -' >/etc/tmpfiles.d/shims.conf && systemd-tmpfiles --create /etc/tmpfiles.d/shims.conf")]
    [InlineData("spawn-fcgi", "", "echo 'd /run/shims 0700 www-data - -' >/etc/tmpfiles.d/shims.conf && systemd-tmpfiles --create /etc/tmpfiles.d/shims.conf")]
    [InlineData("unixserver", "--socket /var/run/web/a/x.sock --web-user web", "echo 'd /run/web/a 0700 web - -' >/etc/tmpfiles.d/web-a.conf && systemd-tmpfiles --create /etc/tmpfiles.d/web-a.conf")]
    [InlineData("inetd", "--socket /srv/sockets/x.sock", "[ -d /srv/sockets ] || install -d -o www-data -m 700 /srv/sockets")]
    [InlineData("inetd", "--socket /run/x.sock", "")]
    [InlineData("unixserver", "--socket /tmp/x.sock", "")]
    [InlineData("systemd", "", "")]
    [InlineData("inetd", "--port 9000", "")]
    public async Task The_folder_of_a_socket_is_made_at_each_start_of_the_machine_and_never_taken_from_the_system(string super, string options, string expected)
    {
        string text = await Command.RunAsync(Repository.Program("shimctl"), ["config", "--json", "--web", "nginx", "--super", super, "--protocol", "fastcgi", "--url", "/x", "--dir", "/a", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        using JsonDocument pieces = JsonDocument.Parse(text);
        Assert.Equal(expected, pieces.RootElement[0].GetProperty("first").GetString());
        Assert.Equal(options.Contains("/run/x.sock", StringComparison.Ordinal), text.Contains("put it into a folder that only the web server may enter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("haproxy", "systemd", "haproxy", "www-data"), InlineData("caddy", "systemd", "caddy", "www-data"), InlineData("nginx", "systemd", "www-data", "www-data")]
    [InlineData("haproxy", "systemd --web-user web", "web", "web"), InlineData("haproxy", "systemd --web-user web --user scripts", "web", "scripts")]
    [InlineData("haproxy", "systemd --user scripts", "haproxy", "scripts")]
    public async Task The_socket_is_the_web_servers_and_scripts_are_not_run_as_a_user_of_a_server_that_runs_none(string web, string options, string owner, string user)
    {
        string text = await Command.RunAsync(Repository.Program("shimctl"), ["config", "--web", web, "--protocol", "fastcgi", "--url", "/x", "--dir", "/a", "--super", .. options.Split(' ')]);
        Assert.Contains($"\nSocketUser={owner}\nSocketMode=0600\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nUser={user}\n", text, StringComparison.Ordinal);
        Assert.Equal(web == "haproxy", text.Contains("or write --port 9000 instead of --socket", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nginx", "--dir /a --interpreter php=/b", "begin the extension with a dot, for example --interpreter .php=")]
    [InlineData("nginx", "--script /a --interpreter .php=/b", "--interpreter names none for /a")]
    [InlineData("nginx", "--app /a --interpreter .php=/b", "--interpreter does not apply to --app")]
    [InlineData("nginx", "--script /a --index a", "--index and --files are for a directory of scripts")]
    [InlineData("nginx", "--script /a --files .css", "--index and --files are for a directory of scripts")]
    [InlineData("nginx", "--dir /a --files css", "--files takes extensions")]
    [InlineData("nginx", "--dir /a --files .c|d", "--files takes extensions")]
    [InlineData("nginx", "--dir /a --deny data", "--deny takes a path below /")]
    [InlineData("nginx", "--dir /a --writable data", "--writable takes a path below /")]
    [InlineData("nginx", "--app /a --allow-env X", "--allow-env does not apply to --app")]
    [InlineData("haproxy", "--dir /a --files .css", "HAProxy sends no files")]
    [InlineData("haproxy", "--dir /a --deny /x/data/", "HAProxy compares a path as it was sent")]
    [InlineData("nginx", "--dir /a --index a/b", "--index takes names of files")]
    [InlineData("nginx", "--dir /a --interpreter .php=/usr/bin/php", "--interpreter names /usr/bin/php, PHP of the command line, which writes no header: install php-cgi, and name that")]
    [InlineData("nginx", "--script /a.php --interpreter .php=/usr/bin/php8.2", "--interpreter names /usr/bin/php8.2, PHP of the command line")]
    [InlineData("nginx", "--dir /a --interpreter .php=/b --interpreter .php=/c", "--interpreter names .php twice")]
    [InlineData("nginx", "--dir /a --interpreter .tar.gz=/b", "--interpreter takes .EXTENSION=PROGRAM")]
    [InlineData("nginx", "--dir /a --index a,..", "--index takes names of files, not \"..\"")]
    [InlineData("nginx", "--script /usr/bin/php", "php is PHP of the command line, which writes no header: install php-cgi, write --dir")]
    [InlineData("nginx", "--dir /a --alias icons=/b", "--alias takes /URL=DIR")]
    [InlineData("nginx", "--dir /a --alias /icons=/", "--alias takes /URL=DIR")]
    [InlineData("nginx", "--dir /a --timeout soon", "--timeout takes a number of seconds")]
    [InlineData("nginx", "--app /a --timeout 5", "--timeout does not apply to --app")]
    [InlineData("haproxy", "--dir /a --alias /icons=/b", "HAProxy sends no files")]
    [InlineData("haproxy", "--dir /a --user-auth /b", "HAProxy reads no file of htpasswd(1)")]
    [InlineData("caddy", "--dir /a --user-auth /b", "Caddy reads no file of htpasswd(1)")]
    [InlineData("nginx", "--script /usr/bin/php-cgi", "php-cgi is an interpreter and not a script: write --dir with the folder of its scripts, and --interpreter .php=/usr/bin/php-cgi")]
    public async Task Options_that_cannot_be_carried_out_are_refused(string web, string options, string expected)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Repository.Program("shimctl"),
            Arguments = ["config", "--web", web, "--super", "inetd", "--protocol", "fastcgi", "--url", "/x", .. options.Split(' ')],
        });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
    }

    private static string Login(string name, string password) => $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{name}:{password}"))}";

    private static async Task<string> CopyOfScriptsAsync(Installation installation)
    {
        string folder = installation.Folder.PathTo("scripts");
        await Command.RunAsync("cp", ["-R", Repository.PathTo("inetd-examples/cgi-bin"), folder]);
        return folder;
    }
}

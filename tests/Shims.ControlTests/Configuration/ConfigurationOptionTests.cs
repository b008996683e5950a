using System.Text;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>Options of <c>shimctl config</c> by which the web server does more than pass requests on; run by the real servers.</summary>
public sealed class ConfigurationOptionTests
{
    public static TheoryData<string, string> WebServers =>
        new(from web in (string[])["nginx", "apache", "lighttpd", "caddy"] from protocol in ConfigurationTests.ProtocolsOf(web) select (web, protocol));

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

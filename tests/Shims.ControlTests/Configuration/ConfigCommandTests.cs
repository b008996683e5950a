using System.Xml.Linq;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>What shimctl config makes of its command line, and of super-servers that are not for Linux.</summary>
public sealed class ConfigCommandTests
{
    private static readonly string[] s_folder = ["--url", "/cgi-bin", "--dir", "/srv/cgi-bin"];

    [Theory]
    [InlineData("caddy", "inetd", "scgi", "Caddy speaks no SCGI: use --protocol fastcgi")]
    [InlineData("haproxy", "inetd", "scgi", "HAProxy speaks no SCGI: use --protocol fastcgi")]
    [InlineData("nginx", "inetd", "ajp13", "nginx speaks no AJP13: use --protocol scgi or fastcgi or uwsgi, or --web apache or lighttpd")]
    [InlineData("caddy", "inetd", "uwsgi", "Caddy speaks no uwsgi: use --protocol fastcgi, or --web apache or lighttpd or nginx")]
    [InlineData("haproxy", "inetd", "ajp13", "HAProxy speaks no AJP13: use --protocol fastcgi, or --web apache or lighttpd")]
    [InlineData("nginx", "xinetd", "scgi", "use --port")]
    [InlineData("nginx", "tcpserver", "scgi", "use --port")]
    public async Task A_pair_that_cannot_work_is_refused_with_one_that_can(string web, string super, string protocol, string cure)
    {
        LaunchResult result = await RunAsync(["--web", web, "--super", super, "--protocol", protocol, .. s_folder]);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(cure, result.ErrorText);
        Assert.Empty(result.OutputText);
    }

    [Theory]
    [InlineData("--url /x", "--script, --dir or --app is missing")]
    [InlineData("--url /x --script /a --dir /b", "cannot be combined")]
    [InlineData("--url /x --script /a --socket /b --port 9", "cannot be combined")]
    [InlineData("--url x --script /a", "write for example --url /cgi-bin")]
    [InlineData("--url / --script /a", "write for example --url /cgi-bin")]
    [InlineData("--url /x --script /a;b", "ln -s")]
    [InlineData("--url /x --script /a$b", "ln -s")]
    [InlineData("--url /x/../y --script /a", "the path that it leads to")]
    [InlineData("--url /x --script /a --port 65536", "from 1 to 65535")]
    [InlineData("--url /x --script /a --user ro{ot", "ln -s")]
    public async Task Config_refuses_options_that_are_missing_or_contradict_each_other_and_characters_that_need_quotes(string options, string cure)
    {
        LaunchResult result = await RunAsync(["--web", "nginx", "--super", "inetd", "--protocol", "scgi", .. options.Split(' ')]);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(cure, result.ErrorText);
    }

    [Theory]
    [InlineData("nginx", "scgi", "--wait --processes 3", "use --web apache --protocol ajp13, or leave --processes out")]
    [InlineData("lighttpd", "ajp13", "--wait --processes 3", "use --web apache --protocol ajp13, or leave --processes out")]
    [InlineData("apache", "fastcgi", "--wait --processes 3", "use --web apache --protocol ajp13, or leave --processes out")]
    [InlineData("apache", "ajp13", "--processes 3", "give --wait, or leave --processes out")]
    [InlineData("apache", "ajp13", "--wait --processes 3 --port 65534", "give a smaller --port")]
    [InlineData("apache", "ajp13", "--wait --processes 0", "write for example --processes 3")]
    public async Task Config_refuses_several_processes_that_no_server_divides_requests_among(string web, string protocol, string options, string cure)
    {
        LaunchResult result = await RunAsync(["--web", web, "--super", "inetd", "--protocol", protocol, .. options.Split(' '), .. s_folder]);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(cure, result.ErrorText);
        Assert.Empty(result.OutputText);
    }

    [Theory, InlineData("systemd"), InlineData("xinetd"), InlineData("launchd")]
    public async Task Config_writes_a_service_for_each_of_several_processes(string super)
    {
        LaunchResult result = await RunAsync(["--web", "apache", "--super", super, "--protocol", "ajp13", "--port", "9000", "--wait", "--processes", "3", .. s_folder]);
        Assert.Equal(0, result.ExitCode);
        foreach (int number in (int[])[1, 2, 3])
        {
            Assert.Contains($"cgi-bin-{number}", result.OutputText);
            Assert.Contains($"{8999 + number}", result.OutputText);
            Assert.Contains($"BalancerMember \\\"balancer://cgi-bin\\\" \\\"ajp://127.0.0.1:{8999 + number}\\\" ping=5 retry=5 secret=$(cat /etc/shims/cgi-bin.secret)", result.OutputText);
        }
        Assert.DoesNotContain("cgi-bin-0", result.OutputText);
        Assert.DoesNotContain("cgi-bin-4", result.OutputText);
    }

    [Fact]
    public async Task Config_refuses_to_wait_under_a_super_server_with_a_process_per_connection()
    {
        LaunchResult result = await RunAsync(["--web", "nginx", "--super", "tcpserver", "--protocol", "scgi", "--port", "4000", "--wait", .. s_folder]);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("leave --wait out", result.ErrorText);
    }

    [Theory]
    [InlineData("nginx", "fastcgi", "fcgi-run", "--wait", "true"), InlineData("nginx", "fastcgi", "fcgi-run", "--port=9000", "false")]
    [InlineData("nginx", "uwsgi", "uwsgi-run", "--wait", "true"), InlineData("nginx", "uwsgi", "uwsgi-run", "--port=9000", "false")]
    [InlineData("apache", "ajp13", "ajp-run", "--wait", "true"), InlineData("apache", "ajp13", "ajp-run", "--port=9000", "false")]
    public async Task The_job_for_launchd_is_a_property_list(string web, string protocol, string program, string option, string waits)
    {
        string text = Pasted(await RunAsync(["--web", web, "--super", "launchd", "--protocol", protocol, option, .. s_folder]), "launchd:");
        XElement job = XDocument.Parse(text).Root!.Element("dict")!;
        Assert.Equal(waits, ValueOf(ValueOf(job, "inetdCompatibility"), "Wait").Name.LocalName);
        Assert.Equal("_www", ValueOf(job, "UserName").Value);
        string[] words = [.. ValueOf(job, "ProgramArguments").Elements().Select(element => element.Value)];
        Assert.Equal("/srv/cgi-bin/", words[^1]);
        Assert.Contains(program, words[0], StringComparison.Ordinal);
        // A port that every user of the machine can connect to has a secret.
        Assert.Equal(program == "ajp-run" && option != "--wait", words.Contains("--secret-file"));
        XElement listeners = ValueOf(ValueOf(job, "Sockets"), "Listeners");
        Assert.Equal(option == "--wait" ? "/var/run/cgi-bin.sock" : "9000", ValueOf(listeners, option == "--wait" ? "SockPathName" : "SockServiceName").Value);

        static XElement ValueOf(XElement dictionary, string key) => dictionary.Elements("key").Single(element => element.Value == key).ElementsAfterSelf().First();
    }

    [Fact]
    public async Task A_recipe_for_one_process_has_one_for_each_connection_if_that_is_asked_for()
    {
        Assert.Contains("\nAccept=no\n", (await RunAsync(["--recipe", "iipsrv"])).OutputText);
        Assert.Contains("\nAccept=yes\n", (await RunAsync(["--recipe", "iipsrv", "--nowait"])).OutputText);
    }

    [Fact]
    public async Task The_line_for_FreeBSD_says_who_may_connect()
    {
        string text = Pasted(await RunAsync(["--web", "nginx", "--super", "freebsd-inetd", "--protocol", "scgi", .. s_folder]), "inetd:");
        string line = Assert.Single(text.Split('\n'), line => line.Length > 0 && line[0] != '#');
        Assert.Equal([":www:www:0600:/var/run/cgi-bin.sock", "stream", "unix", "nowait/64", "www", Repository.ScgiRun, "scgi-run", "/srv/cgi-bin/"], line.Split(' '));
    }

    [Fact]
    public async Task A_source_file_is_started_by_shim_dotnet()
    {
        string text = Pasted(await RunAsync(["--web", "nginx", "--super", "inetd", "--protocol", "scgi", "--url", "/app", "--app", "/srv/apps/hello.cs"]), "inetd:");
        Assert.Contains($" {Repository.PathTo("bin/shim-dotnet")} shim-dotnet /srv/apps/hello.cs\n", text);
    }

    /// <summary>The text below a heading of the output, as a reader would copy it.</summary>
    private static string Pasted(LaunchResult result, string place)
    {
        Assert.True(result.ExitCode == 0, result.ErrorText);
        string[] lines = result.OutputText.Split('\n');
        // A secret comes first.
        int start = Array.FindIndex(lines, line => line.StartsWith("# (", StringComparison.Ordinal) && line.Contains($") {place}", StringComparison.Ordinal));
        int end = Array.FindIndex(lines, start + 1, line => line.StartsWith("# (", StringComparison.Ordinal));
        return string.Join('\n', lines[start..end].SkipWhile(line => line.Length > 0).Skip(1));
    }

    private static Task<LaunchResult> RunAsync(IReadOnlyList<string> arguments) =>
        Launcher.RunAsync(new Launch { Program = Repository.PathTo("bin/shimctl"), Arguments = ["config", .. arguments] });
}

using System.Security.Cryptography;
using System.Text.Json;
using Shims.ControlTests.Deployments;
using Shims.Testing;

namespace Shims.ControlTests.Configuration;

/// <summary>What shimctl config writes for an app of ASP.NET Core; run by the real servers.</summary>
public sealed class AspNetConfigurationTests
{
    public static TheoryData<string, string, string> Sites =>
        new(TestExtent.EachValue(
            from web in (string[])["nginx", "apache", "lighttpd", "caddy", "haproxy"]
            from protocol in ConfigurationTests.ProtocolsOf(web)
            where protocol != "ajp13"
            from url in (string[])["/", "/blog"]
            select (web, protocol, url)));

    /// <summary>The app of the tests, which the .NET runtime runs.</summary>
    private static string App => Repository.PathTo($"tests/Shims.AspNetApp/bin/{(AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release")}/net10.0/aspnet-app");

    [Theory, MemberData(nameof(Sites))]
    public async Task An_app_is_served_as_a_whole_site_and_as_a_part_of_one(string web, string protocol, string url) => await ServeAsync(web, "inetd", protocol, url);

    [Theory, InlineData("xinetd"), InlineData("systemd"), InlineData("spawn-fcgi")]
    public async Task An_app_is_started_by_every_super_server_that_can_wait(string super)
    {
        await ServeAsync("nginx", super, "fastcgi", "/");
        await ServeAsync("nginx", super, "fastcgi", "/blog");
    }

    [Theory]
    [InlineData("nginx", "fastcgi_keep_conn on;", true), InlineData("nginx", "fastcgi_keep_conn on;", false)]
    [InlineData("apache", "enablereuse=on", true), InlineData("apache", "enablereuse=on", false)]
    [InlineData("haproxy", "\n    option keep-conn", true)]
    public async Task Connections_to_an_app_that_stays_are_kept(string web, string setting, bool isWhole)
    {
        LaunchResult result = await RunAsync("--web", web, "--super", "systemd", "--protocol", "fastcgi", "--url", isWhole ? "/" : "/blog", "--app", App);
        Assert.Contains(setting, result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_keeps_what_an_app_stores_and_lets_the_runtime_make_code()
    {
        LaunchResult result = await RunAsync("--web", "nginx", "--super", "systemd", "--protocol", "scgi", "--url", "/", "--app", App);
        Assert.Contains("\nStateDirectory=aspnet-app\n", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("\nAccept=no\n", result.OutputText, StringComparison.Ordinal);
        Assert.Contains($"\nExecStart={App}\n", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("\nMemoryDenyWriteExecute=", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_in_native_code_may_have_a_process_for_each_connection_and_makes_no_code()
    {
        using var folder = new TemporaryFolder();
        string native = AspNetFiles.WriteNative(folder);
        LaunchResult result = await RunAsync("--web", "nginx", "--super", "systemd", "--protocol", "fastcgi", "--url", "/", "--app", native, "--nowait");
        Assert.Contains("\nAccept=yes\n", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("\nMemoryDenyWriteExecute=yes\n", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("keep_conn", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("\nAccept=no\n", (await RunAsync("--web", "nginx", "--super", "systemd", "--protocol", "fastcgi", "--url", "/", "--app", native)).OutputText, StringComparison.Ordinal);
    }

    [Theory, InlineData("inetd", "/var/lib/hello"), InlineData("freebsd-inetd", "/var/db/hello")]
    public async Task An_app_with_forms_has_a_folder_for_its_keys_where_no_super_server_makes_one(string super, string keys)
    {
        using var folder = new TemporaryFolder();
        string app = AspNetFiles.WriteManaged(folder, refersTo: "Microsoft.AspNetCore.Antiforgery");
        string[] arguments = ["--web", "nginx", "--super", super, "--protocol", "scgi", "--url", "/", "--app", app, "--user", "web"];
        string text = (await RunAsync(arguments)).OutputText;
        Assert.Contains($"install -d -m 700 -o web {keys}\n", text, StringComparison.Ordinal);
        Assert.Contains($" /usr/bin/env env Shim__Keys={keys} {app}\n", text, StringComparison.Ordinal);
        folder.Write("appsettings.json", """{ "Shim": { "Keys": "/srv/keys" } }""");
        Assert.DoesNotContain("Shim__Keys", (await RunAsync(arguments)).OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_limit_is_that_of_both_halves()
    {
        LaunchResult result = await RunAsync("--web", "nginx", "--super", "inetd", "--protocol", "scgi", "--url", "/", "--app", App, "--max-body", "200M");
        Assert.Contains("client_max_body_size 200m;", result.OutputText, StringComparison.Ordinal);
        Assert.Contains(" SHIMS_MAX_BODY=200M ", result.OutputText, StringComparison.Ordinal);
        result = await RunAsync("--web", "nginx", "--super", "inetd", "--protocol", "scgi", "--url", "/", "--app", App);
        Assert.Contains("client_max_body_size 30000000;", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--super inetd --protocol scgi --nowait", "would start the .NET runtime for each connection, which takes a fifth of a second: leave --nowait out, or compile it to native code (PublishAot)")]
    [InlineData("--super tcpserver --protocol scgi --port 9000", "use another --super, which can wait")]
    [InlineData("--super inetd --protocol ajp13", "speaks no AJP13: use --protocol fastcgi")]
    [InlineData("--super inetd --protocol scgi --wait --nowait", "--wait and --nowait cannot be combined")]
    [InlineData("--super spawn-fcgi --protocol scgi --nowait", "--nowait is impossible with spawn-fcgi")]
    public async Task What_does_not_suit_an_app_is_refused_with_the_reason(string options, string cause)
    {
        LaunchResult result = await RunAsync(["--web", "apache", "--url", "/", "--app", App, .. options.Split(' ')]);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(cause, result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dll_of_an_app_and_an_app_without_the_package_are_refused()
    {
        using var folder = new TemporaryFolder();
        string plain = AspNetFiles.WriteManaged(folder, usesShim: false);
        LaunchResult result = await RunAsync("--web", "nginx", "--super", "inetd", "--protocol", "scgi", "--url", "/", "--app", plain);
        Assert.Contains("add the package Shims.AspNetCore to it, and call builder.UseShim()", result.ErrorText, StringComparison.Ordinal);
        result = await RunAsync("--web", "nginx", "--super", "inetd", "--protocol", "scgi", "--url", "/", "--app", App + ".dll");
        Assert.Contains($"is not a program: give {App}, which dotnet publish writes beside it", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("inetd", "inetd.conf"), InlineData("systemd", "aspnet-app.socket"), InlineData("xinetd", "site")]
    public async Task Doctor_finds_no_fault_in_what_config_writes_for_an_app(string super, string name)
    {
        using var folder = new TemporaryFolder();
        LaunchResult result = await RunAsync(["--json", "--web", "nginx", "--super", super, "--protocol", "fastcgi", "--url", "/", "--app", App, "--user", Environment.UserName, "--web-user", Environment.UserName,
            .. super == "xinetd" ? (string[])["--port", "9000"] : ["--socket", folder.PathTo("app.sock")]]);
        using JsonDocument pieces = JsonDocument.Parse(result.OutputText);
        string[] texts = [.. pieces.RootElement.EnumerateArray().Where(static piece => !piece.GetProperty("place").GetString()!.StartsWith("shell", StringComparison.Ordinal))
            .Select(static piece => piece.GetProperty("text").GetString()!)];
        if (super == "systemd")
            folder.Write("aspnet-app.service", texts[1]);
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", "--web-user", Environment.UserName, folder.Write(name, texts[0]));
        Assert.DoesNotContain(diagnosis.Problems, static finding => finding.Cause.Contains(App + " ", StringComparison.Ordinal));
        Assert.Empty(diagnosis.Errors);
    }

    private static async Task ServeAsync(string web, string super, string protocol, string url)
    {
        await ConfigurationTests.RequireAsync(web, super);
        Requires.That(File.Exists(App), "the app of the tests: dotnet build tests/Shims.AspNetApp");
        using var installation = new Installation();
        WrittenConfiguration written = await WrittenConfiguration.WriteAsync(installation, web, super, protocol, "--url", url, "--app", App);
        await using Server behind = await written.StartSuperServerAsync();
        (Server server, Browser browser) = await written.StartWebServerAsync();
        await using Server front = server;
        string root = url.TrimEnd('/');
        ScriptReply page = await browser.GetAsync($"{root}/request/a%20b/%C3%A9?x=%26");
        Assert.True(page.Status == 200, $"{page.Status} {page.Body}\n{front.Log}\n{behind.Log}");
        string[] lines = page.Body.Split('\n');
        foreach (string line in new[] { $"PathBase={root}", "Path=/request/a b/é", "Query=?x=%26", $"Host=localhost:{browser.Port}", "Scheme=http" })
            Assert.True(lines.Contains(line), $"{line} is missing:\n{page.Body}");
        byte[] upload = RandomNumberGenerator.GetBytes(300_000);
        Assert.Equal(upload, (await browser.PostAsync($"{root}/echo", upload)).BodyBytes);
        Assert.Equal(200, (await browser.GetAsync($"{root}/request")).Status);
        Assert.Equal("False \n", (await browser.GetAsync($"{root}/user", "Authorization: Basic cm9vdDpyb290")).Body);
        if (root.Length > 0)
            Assert.DoesNotContain("PathBase=", (await browser.GetAsync($"{root}2/request")).Body, StringComparison.Ordinal);
    }

    private static Task<LaunchResult> RunAsync(params IReadOnlyList<string> arguments) =>
        Launcher.RunAsync(new Launch { Program = Repository.PathTo("bin/shimctl"), Arguments = ["config", .. arguments] });
}

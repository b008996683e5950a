using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What doctor says of a service that starts an app of ASP.NET Core.</summary>
public sealed class AppTests : IDisposable
{
    private const string Antiforgery = "Microsoft.AspNetCore.Antiforgery";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nowait.9999999", "{}", false, "does not take the socket of inetd")]
    [InlineData("nowait.9999999", "{}", true, "is started for each connection")]
    [InlineData("wait", "{ \"System.GC.Server\": true }", true, "has a heap for each processor")]
    public async Task An_app_whose_life_does_not_suit_it_is_named(string start, string properties, bool usesShim, string cause)
    {
        string file = WriteLine(start, AspNetFiles.WriteManaged(_folder, usesShim, properties: properties));
        Assert.Equal($"{file}:1", (await Diagnosis.AskAsync("--no-run", file)).The(cause).Subject);
    }

    [Fact]
    public async Task An_app_that_has_the_package_and_does_not_call_it_is_named()
    {
        string file = WriteLine("wait", AspNetFiles.WriteManaged(_folder, callsIt: false));
        Assert.Equal("error", (await Diagnosis.AskAsync("--no-run", file)).The("does not take the socket of inetd").Severity);
        _folder.Write("hello.core.dll", "in a library of the app's own: UseShim");
        await AssertHealthyAsync(file);
    }

    [Fact]
    public async Task An_app_that_env_starts_and_that_does_not_exist_is_named()
    {
        string file = WriteLine("wait", "/usr/bin/env", $"SHIMS_MOUNT=/blog {_folder.PathTo("hello")}");
        Assert.Equal("error", (await Diagnosis.AskAsync("--no-run", file)).The($"the program {_folder.PathTo("hello")} does not exist").Severity);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_app_in_wait_mode_is_as_it_should_be(bool isNative)
    {
        string program = isNative ? AspNetFiles.WriteNative(_folder) : AspNetFiles.WriteManaged(_folder, properties: "{ \"System.GC.Server\": false }", refersTo: Antiforgery);
        _folder.Write("appsettings.json", """{ /* of its own */ "Shim": { "Keys": "/var/lib/hello" }, "AllowedHosts": "*", }""");
        await AssertHealthyAsync(WriteLine("wait", program));
    }

    [Fact]
    public async Task An_app_in_native_code_may_be_started_for_each_connection() => await AssertHealthyAsync(WriteLine("nowait.9999999", AspNetFiles.WriteNative(_folder)));

    [Theory, InlineData(""), InlineData("/usr/bin/env ")]
    public async Task One_process_for_all_connections_is_the_fix_for_an_app_that_starts_slowly(string before)
    {
        string program = AspNetFiles.WriteManaged(_folder);
        string file = before.Length == 0 ? WriteLine("nowait.9999999", program) : WriteLine("nowait.9999999", "/usr/bin/env", $"SHIMS_MOUNT=/blog {program}");
        await (await Diagnosis.AskAsync("--no-run", file)).The("is started for each connection").CureAsync();
        Assert.Contains(" stream unix wait ", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        await AssertHealthyAsync(file);
    }

    [Fact]
    public async Task One_process_for_all_connections_is_the_fix_for_xinetd_too()
    {
        string file = _folder.Write("hello.xinetd", $$"""
            service hello
            {
                type = UNLISTED
                socket_type = stream
                protocol = tcp
                bind = 127.0.0.1
                port = 9000
                wait = no
                cps = 100000 1
                user = {{Environment.UserName}}
                server = {{AspNetFiles.WriteManaged(_folder)}}
            }

            """);
        await (await Diagnosis.AskAsync("--no-run", file)).The("is started for each connection").CureAsync();
        await AssertHealthyAsync(file);
    }

    [Theory]
    [InlineData("""{ "Urls": "http://*:5000" }""", "Urls tells ", 1)]
    [InlineData("{\n \"kestrel\": { \"Endpoints\": {\n \"Http\": { \"Url\": \"http://*:5000\" } } } }", "kestrel:Endpoints:Http:Url tells ", 3)]
    [InlineData("{ \"Shim\": { \"Protocol\": \"http\" },\n \"Kestrel\": { \"Endpoints\": { \"Http\": { \"Url\": \"http://*:5000\" } } } }", "Kestrel:Endpoints:Http:Url tells ", 2)]
    public async Task An_address_in_the_settings_of_an_app_is_named_with_its_line(string settings, string cause, int line)
    {
        string file = WriteLine("wait", AspNetFiles.WriteManaged(_folder)), settingsFile = _folder.Write("appsettings.json", settings);
        Assert.Equal($"{settingsFile}:{line}", (await Diagnosis.AskAsync("--no-run", file)).The(cause).Subject);
        File.Delete(settingsFile);
        await AssertHealthyAsync(file);
    }

    [Fact]
    public async Task The_settings_are_those_of_the_environment()
    {
        string file = WriteLine("wait", AspNetFiles.WriteManaged(_folder));
        _folder.Write("appsettings.Development.json", """{ "Urls": "http://*:5000" }""");
        await AssertHealthyAsync(file);
        Assert.Contains("5000", (await Diagnosis.AskAsync("--no-run", WriteLine("wait", "/usr/bin/env", $"ASPNETCORE_ENVIRONMENT=Development {_folder.PathTo("hello")}"))).The("Urls tells ").Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Environment=ASPNETCORE_URLS=http://*:5000\n", "", "ASPNETCORE_URLS tells ")]
    [InlineData("Environment=\"ASPNETCORE_HTTP_PORTS=8080\"\n", "", "ASPNETCORE_HTTP_PORTS tells ")]
    [InlineData("", " --urls http://*:5000", "--urls tells ")]
    [InlineData("", " --urls=http://*:5000", "--urls tells ")]
    [InlineData("Environment=ASPNETCORE_CONTENTROOT=/\n", "", "the content root of ")]
    [InlineData("Environment=\"A=1\" \"DOTNET_CONTENTROOT=/\"\n", "", "the content root of ")]
    [InlineData("", " --contentRoot /", "the content root of ")]
    [InlineData("MemoryDenyWriteExecute=yes\n", "", "crashes when it is started")]
    public async Task A_slip_in_the_unit_of_an_app_is_gone_after_the_fix(string setting, string arguments, string cause)
    {
        string socket = WriteUnits(AspNetFiles.WriteManaged(_folder), setting, arguments);
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", "--web-user", Environment.UserName, socket)).The(cause);
        Assert.StartsWith(_folder.PathTo("hello-app.service") + ":", finding.Subject, StringComparison.Ordinal);
        await finding.CureAsync();
        await AssertHealthyAsync(socket);
        Assert.Contains($"ExecStart={_folder.PathTo("hello")}", await File.ReadAllTextAsync(_folder.PathTo("hello-app.service")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ProtectSystem=strict\n", "may not write to ")]
    [InlineData("User=nobody\n", "has no home directory")]
    public async Task A_user_without_a_home_for_keys_gets_a_folder_from_systemd(string setting, string reason)
    {
        string socket = WriteUnits(AspNetFiles.WriteManaged(_folder, refersTo: $"\0{Antiforgery}\0"), setting, "");
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", "--web-user", Environment.UserName, socket)).The("are lost with each process");
        Assert.Contains(reason, finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        Assert.Contains("\nStateDirectory=hello-app\n", await File.ReadAllTextAsync(_folder.PathTo("hello-app.service")), StringComparison.Ordinal);
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", "--web-user", Environment.UserName, socket)).Problems, static problem => problem.Cause.Contains("keys", StringComparison.Ordinal));
    }

    [Theory, InlineData("Keys", ""), InlineData("", "Shim__Keys=/var/lib/hello ")]
    public async Task A_user_without_a_home_names_a_folder_for_keys_under_inetd(string setting, string variable)
    {
        string program = AspNetFiles.WriteManaged(_folder, refersTo: Antiforgery);
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", WriteLine("wait", program, user: "nobody"))).The("are lost with each process");
        Assert.Contains("install -d -o nobody -m 700 /var/lib/hello", finding.Advice, StringComparison.Ordinal);
        if (setting.Length > 0)
            _folder.Write("appsettings.json", """{ "Shim": { "keys": "/var/lib/hello" } }""");
        string cured = variable.Length == 0 ? WriteLine("wait", program, user: "nobody") : WriteLine("wait", "/usr/bin/env", variable + program, user: "nobody");
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", cured)).Problems, static problem => problem.Cause.Contains("keys", StringComparison.Ordinal));
    }

    /// <summary>What makes keys is in native code only where keys are needed.</summary>
    [Fact]
    public async Task A_native_app_with_data_protection_needs_a_home()
    {
        string file = WriteLine("wait", AspNetFiles.WriteNative(_folder, refersTo: "\0KeyRingProvider\0"), user: "nobody");
        Assert.Contains("user nobody has no home directory", (await Diagnosis.AskAsync("--no-run", file)).The("are lost with each process").Cause, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_app_without_forms_and_logins_needs_no_home(bool isNative)
    {
        string file = WriteLine("wait", isNative ? AspNetFiles.WriteNative(_folder, refersTo: "Microsoft.AspNetCore.Antiforgery") : AspNetFiles.WriteManaged(_folder), user: "nobody");
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", file)).Problems, static problem => problem.Cause.Contains("keys", StringComparison.Ordinal));
    }

    /// <summary>Nothing is said of the app, and no error of anything.</summary>
    private async Task AssertHealthyAsync(string file)
    {
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", "--web-user", Environment.UserName, file);
        Assert.DoesNotContain(diagnosis.Problems, finding => finding.Cause.Contains(_folder.PathTo("hello") + " ", StringComparison.Ordinal));
        Assert.Empty(diagnosis.Errors);
    }

    private string WriteLine(string start, string program, string arguments = "", string? user = null) =>
        _folder.Write("inetd.conf", $"{_folder.PathTo("s")} stream unix {start} {user ?? Environment.UserName} {program} {Path.GetFileName(program)} {arguments}\n");

    private string WriteUnits(string program, string setting, string arguments)
    {
        _folder.Write("hello-app.service", $"""
            [Unit]
            Description=The app
            [Service]
            ExecStart={program}{arguments}
            User={Environment.UserName}
            StandardInput=socket
            StandardOutput=journal
            StandardError=journal
            {setting}
            """);
        return _folder.Write("hello-app.socket", $"""
            [Socket]
            ListenStream={_folder.PathTo("s")}
            SocketUser={Environment.UserName}
            SocketMode=0600
            Accept=no
            TriggerLimitBurst=0
            [Install]
            WantedBy=sockets.target

            """);
    }
}

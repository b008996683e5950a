using System.Text;

namespace Shims.ProgramTests;

/// <summary>Which variables a script gets: from the request, from the super-server, from the command line.</summary>
public sealed class EnvironmentPolicyTests : ProgramTest
{
    // Names that turn data into code or configuration: see docs/security.md, "Which variables reach the script".
    private static readonly string[] s_denied =
    [
        "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_X", "DYLD_INSERT_LIBRARIES", "DYLD_X", "GLIBC_TUNABLES", "GCONV_PATH",
        "MALLOC_CHECK_", "MALLOC_PERTURB_", "BASH_ENV", "ENV", "IFS", "SHELLOPTS", "PATH",
        "PERL5LIB", "PERL5OPT", "PERL5DB", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "RUBYOPT", "RUBYLIB",
        "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "DOTNET_STARTUP_HOOKS", "DOTNET_gcServer", "COMPlus_X", "CORECLR_PROFILER", "CORECLR_ENABLE_PROFILING",
    ];

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Names_that_turn_data_into_code_do_not_come_through(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach (string name in s_denied)
            variables.Add(name, "/evil");
        Response answer = await new Invocation(mode, script).AskAsync(variables);
        Assert.Empty(EnvironmentOf(answer).Where(variable => variable.Contains("/evil")).Select(variable => variable.Key));
        Assert.Equal("GET", EnvironmentOf(answer)["REQUEST_METHOD"].Single());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Names_that_web_servers_send_come_through_and_any_header(RunModeUnderTest mode)
    {
        string[] passed = ["HTTP_LD_PRELOAD", "HTTP_ENV", "UNIQUE_ID", "CONTEXT_PREFIX", "REDIRECT_QUERY_STRING", "SSL_CLIENT_S_DN", "SSL_CIPHER", "SSL_TLS_SNI", "REMOTE_USER", "SERVER_ADMIN"];
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach (string name in passed)
            variables.Add(name, "/good");
        Response answer = await new Invocation(mode, script).AskAsync(variables);
        Assert.Equal(passed.Order(StringComparer.Ordinal), EnvironmentOf(answer).Where(variable => variable.Contains("/good")).Select(variable => variable.Key).Order(StringComparer.Ordinal));
        Assert.Equal("", answer.Log);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task HTTP_PROXY_never_comes_through_whatever_its_case_and_whatever_the_options(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach (string name in (string[])["HTTP_PROXY", "http_proxy", "Http_Proxy", "HTTP_PROXY", "hTTP_pROXY"])
            variables.Add(name, "http://evil.test/");
        foreach (string[] options in (string[][])[[], ["--allow-env", "HTTP_PROXY", "--allow-env", "http_proxy"]])
        {
            Response answer = await new Invocation(mode, script) { Options = options }.AskAsync(variables);
            Assert.Empty(EnvironmentOf(answer).Where(variable => variable.Key.Equals("HTTP_PROXY", StringComparison.OrdinalIgnoreCase)).Select(variable => variable.Key));
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task One_more_name_can_be_let_through_from_the_request(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script).With("HTTP_AUTHORIZATION", "Basic bTptbQ==").With("PYTHONPATH", "/srv/lib");
        ILookup<string, string> usual = EnvironmentOf(await new Invocation(mode, script).AskAsync(variables));
        Assert.Empty(usual["HTTP_AUTHORIZATION"]);
        Assert.Empty(usual["PYTHONPATH"]);

        ILookup<string, string> opened = EnvironmentOf(await new Invocation(mode, script) { Options = ["--allow-env", "HTTP_AUTHORIZATION", "--allow-env", "PYTHONPATH"] }.AskAsync(variables));
        Assert.Equal(["Basic bTptbQ=="], opened["HTTP_AUTHORIZATION"]);
        Assert.Equal(["/srv/lib"], opened["PYTHONPATH"]);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Of_the_super_servers_environment_only_a_few_names_come_through(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        var invocation = new Invocation(mode, script)
        {
            Environment = ["TZ=Europe/Berlin", "LANG=de_DE.UTF-8", "LC_ALL=C", "LC_TIME=C", "TMPDIR=/var/tmp", "SECRET_TOKEN=hunter2", "HOME=/root", "TCPREMOTEIP=1.2.3.4", "UNIXREMOTEUID=0", "PROTO=UNIX", "LD_PRELOAD=", "HTTP_PROXY=http://evil.test/", "REQUEST_METHOD=DELETE"],
        };
        ILookup<string, string> environment = EnvironmentOf(await invocation.AskAsync(RequestVariables.For("GET", script)));
        Assert.Equal("Europe/Berlin", environment["TZ"].Single());
        Assert.Equal("de_DE.UTF-8", environment["LANG"].Single());
        Assert.Equal("C", environment["LC_ALL"].Single());
        Assert.Equal("C", environment["LC_TIME"].Single());
        Assert.Equal("/var/tmp", environment["TMPDIR"].Single());
        Assert.Equal("/usr/local/bin:/usr/bin:/bin", environment["PATH"].Single());
        Assert.Equal("GET", environment["REQUEST_METHOD"].Single());
        foreach (string name in (string[])["SECRET_TOKEN", "HOME", "TCPREMOTEIP", "UNIXREMOTEUID", "PROTO", "LD_PRELOAD", "HTTP_PROXY"])
            Assert.Empty(environment[name]);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task One_more_name_can_be_let_through_from_the_super_server_and_others_can_be_set(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        var invocation = new Invocation(mode, script)
        {
            Environment = ["PERL5LIB=/srv/perl", "HOME=/root"],
            Options = ["--pass-env", "PERL5LIB", "--pass-env", "NOT_THERE", "--env", "LD_LIBRARY_PATH=/srv/lib", "--env", "EMPTY=", "--env", "A=b=c d"],
        };
        ILookup<string, string> environment = EnvironmentOf(await invocation.AskAsync(RequestVariables.For("GET", script).With("A", "of the request")));
        Assert.Equal(["/srv/perl"], environment["PERL5LIB"]);
        Assert.Equal(["/srv/lib"], environment["LD_LIBRARY_PATH"]);
        Assert.Equal([""], environment["EMPTY"]);
        Assert.Equal(["b=c d"], environment["A"]);
        Assert.Empty(environment["NOT_THERE"]);
        Assert.Empty(environment["HOME"]);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task PATH_is_set_even_where_the_super_server_has_none(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        var invocation = new Invocation(mode, script) { Adjust = static launch => launch with { Environment = [] } };
        string path = EnvironmentOf(await invocation.AskAsync(RequestVariables.For("GET", script).With("PATH", "/evil")))["PATH"].Single();
        Assert.Contains("/usr/bin", path.Split(':'));
        Assert.Contains("/bin", path.Split(':'));
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Names_that_no_shell_could_use_are_dropped(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach (string name in (string[])["proxy-nokeepalive", "BASH_FUNC_x%%", "1ST", "WITH SPACE", "DOT.TED", "N\u00E4me", "()"])
            variables.Add(name, "/odd");
        ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(variables));
        Assert.Empty(environment.Where(variable => variable.Contains("/odd")).Select(variable => variable.Key));
        Assert.Equal("GET", environment["REQUEST_METHOD"].Single());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task An_equals_sign_in_a_name_gets_a_400(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script).With("A=B", "c"));
        Assert.True(answer is { Status: 400, LogLines.Count: 1 }, answer.ToString());
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task A_NUL_in_a_name_or_value_gets_a_400()
    {
        string script = Folder.MarkingScript();
        foreach ((string name, string value) in ((string, string)[])[("A\0B", "c"), ("A", "b\0c"), ("\0", ""), ("HTTP_X", "\0")])
        {
            Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script).With(name, value));
            Assert.True(answer is { Status: 400, LogLines.Count: 1 }, answer.ToString());
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Every_byte_of_a_value_arrives_unchanged(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        byte[] value = [.. Enumerable.Range(1, 255).Select(number => (byte)number)];
        RequestVariables variables = RequestVariables.For("GET", script);
        variables.Add("HTTP_X_BYTES"u8.ToArray(), value);
        variables.Add("HTTP_X_LATIN"u8.ToArray(), [0xE9, 0x80, 0xFF]);
        variables.Add("HTTP_X_UTF8", "\u00E9\u20AC\U0001F600");
        ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(variables));
        Assert.Equal(Encoding.Latin1.GetString(value), environment["HTTP_X_BYTES"].Single());
        Assert.Equal("\u00E9\u0080\u00FF", environment["HTTP_X_LATIN"].Single());
        Assert.Equal(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("\u00E9\u20AC\U0001F600")), environment["HTTP_X_UTF8"].Single());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Headers_that_were_sent_several_times_are_merged(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach ((string name, string value) in ((string, string)[])[("HTTP_X_A", "one"), ("HTTP_COOKIE", "a=1"), ("HTTP_X_A", "two"), ("HTTP_COOKIE", "b=2"), ("HTTP_X_A", "three")])
            variables.Add(name, value);
        ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(variables));
        Assert.Equal(["one, two, three"], environment["HTTP_X_A"]);
        Assert.Equal(["a=1; b=2"], environment["HTTP_COOKIE"]);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task The_variables_that_RFC_3875_requires_are_set_even_if_the_server_forgot_them(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script).Without("QUERY_STRING").Without("PATH_INFO");
        ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(variables));
        Assert.Equal(["CGI/1.1"], environment["GATEWAY_INTERFACE"]);
        Assert.Equal([""], environment["QUERY_STRING"]);
        foreach (string name in (string[])["REQUEST_METHOD", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE", "REMOTE_ADDR"])
            Assert.True(environment[name].Count() == 1, name);
        Assert.Empty(environment["PATH_INFO"]);
        Assert.Empty(environment["PATH_TRANSLATED"]);
        Assert.Equal(environment.Count, environment.Sum(variable => variable.Count()));
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task The_servers_own_SERVER_SOFTWARE_is_kept(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script).With("SERVER_SOFTWARE", "nginx/1.22.1")));
        Assert.Equal(["nginx/1.22.1"], environment["SERVER_SOFTWARE"]);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Empty_PATH_INFO_is_absent_and_two_misleading_headers_are_dropped(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("POST", script).With("PATH_INFO", "").With("HTTP_TRANSFER_ENCODING", "chunked").With("HTTP_CONTENT_LENGTH", "5");
        ILookup<string, string> environment = EnvironmentOf(await new Invocation(mode, script).AskAsync(variables, "12345"u8.ToArray()));
        foreach (string name in (string[])["PATH_INFO", "PATH_TRANSLATED", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH"])
            Assert.Empty(environment[name]);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_program_started_with_hostile_settings_of_its_own_runtime_behaves_the_same(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nsame'");
        var invocation = new Invocation(mode, script)
        {
            Options = ["--timeout", "30"],
            Environment = ["DOTNET_STARTUP_HOOKS=/tmp/evil.dll", "DOTNET_GCHeapHardLimit=0x10", "DOTNET_EnableDiagnostics=1", "DOTNET_TieredCompilation=x", "COMPlus_GCHeapCount=999", "CORECLR_ENABLE_PROFILING=1"],
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "same", ExitCode: 0, Log: "" }, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_bash_script_runs_nothing_that_a_header_says(RunModeUnderTest mode)
    {
        Assert.SkipUnless(Tool.Exists("bash"), "needs bash");
        string script = Folder.Script("script.cgi", "#!/bin/bash\nprintf 'Content-Type: text/plain\\n\\nserved'\n");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script).With("HTTP_USER_AGENT", $"() {{ :; }}; echo ran >{Folder.PathTo("ran")}"));
        Assert.True(answer.Body == "served", answer.ToString());
        Assert.False(Folder.HasRun);
    }
}

namespace Shims.ProgramTests;

/// <summary>Variables of a request that are not CGI: which options let them through, and what the log says of those that are held back.</summary>
[Trait("fault", "H7")]
public sealed class HeldBackNamesTests : ProgramTest
{
    private const string Told = "variables of the request were held back because they are not CGI: ";

    /// <summary>What nginx and Apache are told to send in many a guide, and what the review of 0.1.0 ran code by.</summary>
    private static readonly string[] s_names = ["GIT_PROJECT_ROOT", "GIT_HTTP_EXPORT_ALL", "GIT_CONFIG_COUNT", "PERL_JSON_BACKEND", "TAR_OPTIONS", "HOME", "MYAPP_MODE"];

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_name_that_is_not_CGI_is_held_back_and_one_line_says_so(RunModeUnderTest mode)
    {
        Response answer = await AskAsync(mode);
        Assert.Empty(EnvironmentOf(answer).Where(variable => variable.Contains("sent")).Select(variable => variable.Key));
        string line = Assert.Single(answer.LogLines);
        Assert.Contains(Told + string.Join(", ", s_names) + ": ", line, StringComparison.Ordinal);
        Assert.Contains("--env NAME=VALUE or --allow-env NAME before TARGET", line, StringComparison.Ordinal);
        Assert.Contains("--drop-env NAME", line, StringComparison.Ordinal);
        Assert.DoesNotContain("sent", answer.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_name_or_the_beginning_of_names_lets_them_through(RunModeUnderTest mode)
    {
        Response answer = await AskAsync(mode, "--allow-env", "HOME", "--allow-env", "GIT_*", "--allow-env=MYAPP_MODE", "--drop-env", "TAR_*", "--drop-env", "PERL_JSON_BACKEND", "--drop-env", "GIT_CONFIG_COUNT");
        Assert.Equal(["GIT_HTTP_EXPORT_ALL", "GIT_PROJECT_ROOT", "HOME", "MYAPP_MODE"], SentOnes(answer));
        Assert.Equal("", answer.Log);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_star_lets_everything_through_but_names_that_load_code(RunModeUnderTest mode)
    {
        Response answer = await AskAsync(mode, "--allow-env", "*");
        Assert.Equal(["GIT_HTTP_EXPORT_ALL", "GIT_PROJECT_ROOT", "MYAPP_MODE"], SentOnes(answer));
        Assert.Contains(Told + "GIT_CONFIG_COUNT, PERL_JSON_BACKEND, TAR_OPTIONS, HOME: ", Assert.Single(answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_variable_set_on_the_command_line_or_dropped_is_not_logged_as_held_back(RunModeUnderTest mode)
    {
        Response answer = await AskAsync(mode, "--env", "GIT_PROJECT_ROOT=/srv/git", "--drop-env", "*");
        Assert.Empty(SentOnes(answer));
        Assert.Equal(["/srv/git"], EnvironmentOf(answer)["GIT_PROJECT_ROOT"]);
        Assert.Equal("", answer.Log);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_process_that_stays_tells_a_name_once(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        foreach (string name in (string[])["FIRST", "FIRST", "SECOND", "FIRST"])
            Assert.Equal(200, (await program.AskAsync(RequestVariables.For("GET", script).With(name, "sent"))).Status);
        await program.WaitForLogAsync("SECOND");
        string[] lines = program.Program.ErrorSoFar.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Collection(lines, line => Assert.Contains(Told + "FIRST: ", line, StringComparison.Ordinal), line => Assert.Contains(Told + "SECOND: ", line, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task The_line_stays_one_that_can_be_read(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script).With(new string('L', 5000), "sent");
        for (int i = 0; i < 200; i++)
            variables.Add($"N{i}", "sent");
        string line = Assert.Single((await new Invocation(mode, script).AskAsync(variables)).LogLines);
        Assert.InRange(line.Length, 250, 600);
        Assert.Contains("LLL..., N0, N1, ", line, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_name_that_a_browser_can_send_is_never_logged(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach (string name in (string[])["HTTP_AUTHORIZATION", "HTTP_PROXY", "HTTP_X_ANYTHING", "HTTP_TRANSFER_ENCODING", "HTTP_CONNECTION"])
        {
            // Over uwsgi a body of unknown length is an error of its own.
            if (name != "HTTP_TRANSFER_ENCODING" || !mode.SpeaksUwsgi())
                variables.Add(name, "sent");
        }
        Assert.Equal("", (await new Invocation(mode, script).AskAsync(variables)).Log);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "M10")]
    public async Task A_setting_of_our_own_programs_comes_from_no_request(RunModeUnderTest mode)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script).With("SHIMS_STDERR", "sent").With("SHIMS_ERRORS", "sent");
        foreach (string[] options in (string[][])[[], ["--allow-env", "*", "--allow-env", "SHIMS_STDERR"]])
            Assert.Empty(SentOnes(await new Invocation(mode, script) { Options = options }.AskAsync(variables)));
    }

    private Task<Response> AskAsync(RunModeUnderTest mode, params string[] options)
    {
        string script = Folder.EnvironmentScript();
        RequestVariables variables = RequestVariables.For("GET", script);
        foreach (string name in s_names)
            variables.Add(name, "sent");
        return new Invocation(mode, script) { Options = options }.AskAsync(variables);
    }

    private static IEnumerable<string> SentOnes(Response answer) =>
        EnvironmentOf(answer).Where(variable => variable.Contains("sent")).Select(variable => variable.Key).Order(StringComparer.Ordinal);
}

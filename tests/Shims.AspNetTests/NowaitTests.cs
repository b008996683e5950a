namespace Shims.AspNetTests;

/// <summary>A process for one connection, as inetd nowait and systemd Accept=yes start it.</summary>
public sealed class NowaitTests
{
    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task An_app_answers_one_connection_and_ends_well(Wire wire)
    {
        using var folder = new TemporaryFolder();
        string marks = folder.PathTo("marks");
        (Response response, LaunchResult result) = await new AppRequest(wire, "/hello/you").SendAsync(App.Launch($"TEST_MARKS={marks}"));
        Assert.True(response.Status == 200, response.ToString());
        Assert.Equal("Hello you", response.Body);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["service starts", "started", "stopping", "service stops", "stopped"], await File.ReadAllLinesAsync(marks));
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task Nothing_that_is_printed_reaches_the_client(Wire wire)
    {
        (Response response, LaunchResult result) = await new AppRequest(wire, "/print").SendAsync(App.Launch());
        Assert.True(response.Body == "nothing was printed", response.ToString());
        Assert.Equal(0, result.ExitCode);
        if (wire == Wire.FastCgi)
        {
            Assert.Contains("printed by Console.WriteLine\n", response.Records!.Error, StringComparison.Ordinal);
            Assert.Contains("printed by Console.Error\n", response.Records.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_printed_is_in_the_log()
    {
        using Pipe log = Pipe.Create();
        (Response response, LaunchResult result) = await new AppRequest(Wire.Scgi, "/print").SendAsync(App.Launch() with { Error = log.Writer });
        Assert.Equal(0, result.ExitCode);
        string text = await log.ReadToEndAsync();
        foreach (string line in new[] { "before there is a builder", "printed by Console.WriteLine", "printed by Console.Error", "printed raw", "printed by a child" })
            Assert.Contains(line, text, StringComparison.Ordinal);
        Assert.Equal("nothing was printed", response.Body);
    }

    [Fact]
    public async Task The_content_root_is_the_app_s_own_folder()
    {
        (Response response, _) = await new AppRequest(Wire.Scgi, "/root").SendAsync(App.Launch());
        Assert.Equal(Path.GetDirectoryName(App.Program), response.Body.Trim().TrimEnd('/'));
    }

    [Fact]
    public async Task A_content_root_that_somebody_has_said_stays()
    {
        (Response response, _) = await new AppRequest(Wire.Scgi, "/root").SendAsync(App.Launch("ASPNETCORE_CONTENTROOT=/tmp"));
        Assert.Equal("/tmp", response.Body.Trim().TrimEnd('/'));
    }

    [Theory, InlineData("fail", "fails on purpose"), InlineData("fail-late", "fails on purpose"), InlineData("fail-last", "fails on purpose"), InlineData("kestrel", "UseKestrel() was called after UseShim()")]
    public async Task A_start_that_fails_is_a_503_with_its_cause_in_the_log(string how, string cause)
    {
        using Pipe log = Pipe.Create();
        (Response response, LaunchResult result) = await new AppRequest(Wire.FastCgi, "/hello/you").SendAsync(App.Launch() with { Arguments = [how], Error = log.Writer });
        string text = await log.ReadToEndAsync();
        Assert.True(response.Status == 503, $"{response}\n{text}");
        Assert.Contains(cause, text, StringComparison.Ordinal);
        Assert.Equal(71, result.ExitCode);
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task A_request_is_in_full_before_StopApplication_ends_the_process(Wire wire)
    {
        (Response response, LaunchResult result) = await new AppRequest(wire, "/stop").SendAsync(App.Launch());
        Assert.Equal("stopping", response.Body);
        Assert.False(response.BrokeOff);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory, InlineData(Wire.Scgi, false), InlineData(Wire.FastCgi, false), InlineData(Wire.Scgi, true)]
    public async Task An_app_that_waits_is_told_that_its_client_has_gone(Wire wire, bool tcp)
    {
        using var folder = new TemporaryFolder();
        string marks = folder.PathTo("marks");
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"TEST_MARKS={marks}"), tcp);
        await using LaunchedProgram ended = program;
        using (connection)
        {
            await connection.SendAsync(new AppRequest(wire, "/wait").Encode());
            await Patience.UntilAsync(() => Marked(marks, "waiting"), "the app waits");
        }
        LaunchResult result = await program.WaitAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.True(Marked(marks, "aborted") && Marked(marks, "wrote"), await File.ReadAllTextAsync(marks));
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task SIGTERM_lets_the_request_in_flight_end(Wire wire)
    {
        using var folder = new TemporaryFolder();
        string marks = folder.PathTo("marks");
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"TEST_MARKS={marks}", $"TMPDIR={folder.Path}"));
        await using LaunchedProgram ended = program;
        using Connection open = connection;
        Task<Response> asking = new AppRequest(wire, "/hold/gate").ExchangeAsync(connection);
        await Patience.UntilAsync(() => Marked(marks, "held"), "the request is in flight");
        program.Signal(15);
        await Patience.UntilAsync(() => Marked(marks, "stopping"), "the app is told to stop");
        await File.WriteAllTextAsync(folder.PathTo("gate"), "");
        Assert.Equal("held", (await asking).Body);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task SIGHUP_costs_no_request(Wire wire)
    {
        using var folder = new TemporaryFolder();
        string marks = folder.PathTo("marks");
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"TEST_MARKS={marks}", $"TMPDIR={folder.Path}"));
        await using LaunchedProgram ended = program;
        using Connection open = connection;
        Task<Response> asking = new AppRequest(wire, "/hold/gate").ExchangeAsync(connection);
        await Patience.UntilAsync(() => Marked(marks, "held"), "the request is in flight");
        program.Signal(1);
        folder.Write("gate", "");
        Assert.Equal("held", (await asking).Body);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task A_client_has_everything_after_CompleteAsync_while_the_app_goes_on(Wire wire)
    {
        using var folder = new TemporaryFolder();
        string marks = folder.PathTo("marks");
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"TEST_MARKS={marks}", $"TMPDIR={folder.Path}"));
        await using LaunchedProgram ended = program;
        using (connection)
            Assert.Equal("all of it", (await new AppRequest(wire, "/complete/gate").ExchangeAsync(connection)).Body);
        Assert.True(program.IsRunning);
        await File.WriteAllTextAsync(folder.PathTo("gate"), "");
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
        Assert.True(Marked(marks, "went on") && Marked(marks, "completed callback"), await File.ReadAllTextAsync(marks));
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task The_web_server_s_user_is_authenticated(Wire wire)
    {
        (Response response, _) = await new AppRequest(wire, "/user") { With = [("REMOTE_USER", "ada")] }.SendAsync(App.Launch());
        Assert.Equal("True ada\n", response.Body);
    }

    [Fact]
    public async Task Every_CGI_variable_is_a_server_variable()
    {
        (Response response, _) = await new AppRequest(Wire.Scgi, "/variable/DOCUMENT_ROOT") { With = [("DOCUMENT_ROOT", "/srv/www")] }.SendAsync(App.Launch());
        Assert.Equal("/srv/www\n", response.Body);
    }

    /// <summary>A home that is not there and cannot be made, and one that is there but not this user's: not even root makes a folder in it.</summary>
    [Theory, InlineData("/dev/null/home"), InlineData("/proc")]
    public async Task The_log_says_that_keys_are_lost_with_the_process(string home)
    {
        using Pipe log = Pipe.Create();
        (Response response, _) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(App.Launch($"HOME={home}") with { Folder = "/proc", Error = log.Writer });
        Assert.Equal(200, response.Status);
        Assert.Contains("set Shim:Keys to a folder of this user's own", await log.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_home_keys_are_kept_where_systemd_says()
    {
        using var folder = new TemporaryFolder();
        (Response response, _) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(App.Launch("HOME=/proc", $"STATE_DIRECTORY={folder.Path}"));
        Assert.Equal(200, response.Status);
        Assert.Single(Directory.GetFiles(folder.PathTo("keys"), "key-*.xml"));
    }

    private static bool Marked(string marks, string line) => File.Exists(marks) && File.ReadAllLines(marks).Contains(line);
}

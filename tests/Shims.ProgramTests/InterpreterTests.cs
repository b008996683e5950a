namespace Shims.ProgramTests;

/// <summary>Files that an interpreter of the command line runs, and those that it must not run.</summary>
public sealed class InterpreterTests : ProgramTest
{
    private const string Python = "/usr/bin/python3", Php = "/usr/bin/php-cgi";

    /// <summary>The user that the gateway runs as: not the one that the files belong to.</summary>
    private const uint GatewayUser = 65532;

    private const string Tell = "import os, sys\nprint('Content-Type: text/plain\\n')\nprint(sys.argv[0], os.environ['SCRIPT_FILENAME'], os.getcwd(), sep='|', end='')\n";

    private static string[] PythonFor(string extension) => ["--interpreter", $"{extension}={Python}"];

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_file_runs_by_the_interpreter_of_its_extension_without_execute_bit_and_first_line(RunModeUnderTest mode)
    {
        string script = Folder.Write("cgi/sub/tell.py", Tell);
        Response answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == $"{script}|{script}|{Path.GetDirectoryName(script)}", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task One_script_as_TARGET_runs_by_its_interpreter_with_its_arguments(RunModeUnderTest mode)
    {
        Folder.Write("cgi/one.py", "import sys\nprint('Content-Type: text/plain\\n')\nprint(sys.argv[1:], end='')\n");
        Response answer = await (Gateway(mode, "cgi/one.py", PythonFor(".py")) with { Arguments = ["first", "--second"] }).AskAsync(RequestVariables.For("GET", "/anything"));
        Assert.True(answer.Body == "['first', '--second']", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "A05")]
    public async Task A_PHP_page_finds_the_variables_that_PHP_programs_rely_on(RunModeUnderTest mode)
    {
        Requires.Tools("php-cgi");
        string script = Folder.Write("cgi/page.php", """
            <?php header('Content-Type: text/plain');
            echo implode('|', [__FILE__, $_SERVER['SCRIPT_FILENAME'], $_SERVER['SCRIPT_NAME'], $_SERVER['PATH_INFO'] ?? '', $_SERVER['PHP_SELF'], $_GET['q'] ?? '', $_POST['field'] ?? '', getcwd()]);
            """);
        RequestVariables variables = RequestVariables.For("POST", script, pathInfo: "/more", query: "q=1%2B1").With("CONTENT_TYPE", "application/x-www-form-urlencoded");
        Response answer = await Gateway(mode, "cgi/", "--interpreter", $".php={Php}").AskAsync(variables, "field=a+value"u8.ToArray());
        Assert.True(answer.Body == $"{script}|{script}|/cgi-bin/page.php|/more|/cgi-bin/page.php/more|1+1|a value|{Path.GetDirectoryName(script)}", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_file_without_an_interpreter_runs_as_a_program_beside_those_that_have_one(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nprogram'", "cgi/plain.cgi");
        Response answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "program", answer.ToString());
        string picture = Folder.Write("cgi/picture.png", "");
        answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", picture));
        Assert.True(answer.Status == 403 && answer.Log.Contains("it is not executable", StringComparison.Ordinal), answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task The_extension_is_that_of_the_file_and_not_of_the_URL_or_of_a_link(RunModeUnderTest mode)
    {
        string run = MarkingPython("cgi/picture.jpg");
        File.CreateSymbolicLink(Folder.PathTo("cgi/link.py"), "picture.jpg");
        Invocation gateway = Gateway(mode, "cgi/", PythonFor(".py"));
        foreach (string path in (string[])[run + "/x.py", Folder.PathTo("cgi/link.py"), run + "%00.py"])
        {
            Response answer = await gateway.AskAsync(RequestVariables.For("GET", path));
            Assert.True(answer.Status is 403 or 404, answer.ToString());
        }
        Assert.False(HasRun);
        string script = Folder.Write("cgi/real.py", Tell);
        File.CreateSymbolicLink(Folder.PathTo("cgi/page"), script);
        Response named = await gateway.AskAsync(RequestVariables.For("GET", Folder.PathTo("cgi/page")));
        Assert.True(named.Body == $"{script}|{script}|{Path.GetDirectoryName(script)}", named.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_link_in_an_upload_folder_has_a_file_run_where_it_is_and_not_among_the_uploads(RunModeUnderTest mode)
    {
        Requires.Place(CurrentUser.Id == 0, "root");
        string script = Folder.Write("cgi/sub/tell.py", "import json\n" + Tell);
        string uploads = Folder.MakeFolder("cgi/uploads");
        Folder.Write("cgi/uploads/json.py", $"open('{Folder.PathTo("marks")}/ran', 'w')");
        MarkingPython("marks/x.py");
        File.CreateSymbolicLink(Path.Combine(uploads, "x.py"), "../sub/tell.py");
        Directory.CreateSymbolicLink(Path.Combine(uploads, "folder"), "../sub");
        Ownership.Give(uploads, GatewayUser);
        foreach (string path in (string[])["cgi/uploads/x.py", "cgi/uploads/folder/tell.py"])
        {
            Response answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", Folder.PathTo(path)));
            Assert.True(answer.Body == $"{script}|{script}|{Path.GetDirectoryName(script)}", answer.ToString());
        }
        Assert.False(HasRun);
    }

    public static TheoryData<RunModeUnderTest, string, bool, bool> PhpRequests => new MatrixTheoryData<RunModeUnderTest, string, bool, bool>(
        [RunModeUnderTest.Plain, RunModeUnderTest.FastCgi], ["interpreter", "target", "first line"], [false, true], [false, true]);

    [Theory, MemberData(nameof(PhpRequests))]
    public async Task A_path_after_the_URL_of_a_PHP_page_names_no_other_file_to_run(RunModeUnderTest mode, string form, bool isRedirected, bool isHardened)
    {
        Requires.Tools("php-cgi");
        string site = Folder.MakeFolder("cgi"), configuration = Folder.Write("php/php.ini", isHardened ? "cgi.fix_pathinfo=0\n" : "\n");
        string page = Folder.Write("cgi/index.php", $"{(form == "first line" ? $"#!{Php}\n" : "")}<?php echo 'index|', $_SERVER['PATH_INFO'] ?? '';");
        File.SetUnixFileMode(page, (UnixFileMode)0b111_101_101);
        Folder.Write("cgi/uploads/picture.jpg", "<?php echo 'upload';");
        string[] options = ["--env", $"PHPRC={Path.GetDirectoryName(configuration)}"];
        Invocation gateway = form == "target"
            ? new Invocation(mode, Php) { Options = [.. options, "--env", $"SCRIPT_FILENAME={page}"] }
            : Gateway(mode, "cgi/", form == "interpreter" ? [.. options, "--interpreter", $".php={Php}"] : options);
        RequestVariables variables = RequestVariables.For("GET", page, pathInfo: "/uploads/picture.jpg").With("DOCUMENT_ROOT", site);
        if (isRedirected)
            variables = variables.With("REDIRECT_URL", "/app/uploads/picture.jpg");
        Response answer = await gateway.AskAsync(variables);
        Assert.StartsWith("index|", answer.Body, StringComparison.Ordinal);
        Assert.True(answer.Body == "index|/uploads/picture.jpg" || form == "target", answer.ToString());
    }

    /// <summary>Places that an upload could reach: whose mode and owner is changed, how, and how the log names the reason.</summary>
    public static TheoryData<string, string, string> WritablePlaces => new()
    {
        { "cgi/sub/x.py", "chmod 666", "is world-writable" },
        { "cgi/sub", "chmod 777", "is world-writable" },
        { "cgi/sub", "chmod 1777", "is world-writable" },
        { "cgi", "chmod 777", "is world-writable" },
        { "cgi/sub/x.py", "chown 65532", "belongs to user 65532" },
        { "cgi/sub", "chown 65532", "belongs to user 65532" },
        { "cgi", "chown 65532", "belongs to user 65532" },
        { ".", "chown 65532", "belongs to user 65532" },
        { "cgi/sub", "chown :65532", "is writable for user 65532" },
        { "cgi/sub", "setfacl -m u:65532:rwx", "is writable for user 65532" },
    };

    [Theory, MemberData(nameof(WritablePlaces))]
    public async Task A_file_that_an_upload_could_have_written_never_runs_unless_that_is_allowed(string place, string change, string reason)
    {
        Requires.Place(CurrentUser.Id == 0, "root");
        string script = MarkingPython("cgi/sub/x.py");
        string[] words = change.Split(' ');
        Requires.Tools(words[0]);
        if (words[1].StartsWith(':'))
            await Command.RunAsync("chmod", ["g+w", Folder.PathTo(place)]);
        string changed = Path.GetFullPath(Folder.PathTo(place));
        await Command.RunAsync(words[0], [.. words[1..], changed]);
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, Repository.IsPortable ? RunModeUnderTest.Relay : RunModeUnderTest.Supervise, RunModeUnderTest.FastCgi])
        {
            Response answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Status == 403, answer.ToString());
            Assert.Contains($"refused to have {Python} run {script}: {changed} {reason}", Assert.Single(answer.LogLines), StringComparison.Ordinal);
            Assert.Contains("--allow-writable", answer.Log, StringComparison.Ordinal);
            Assert.False(HasRun);
        }
        Response allowed = await Gateway(RunModeUnderTest.Plain, "cgi/", [.. PythonFor(".py"), "--allow-writable"]).AskAsync(RequestVariables.For("GET", script));
        Assert.True(allowed.Body == "ran", allowed.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_link_from_TARGET_into_a_writable_folder_runs_nothing(RunModeUnderTest mode)
    {
        Requires.Place(CurrentUser.Id == 0, "root");
        MarkingPython("uploads/x.py");
        Folder.MakeFolder("cgi");
        Ownership.Give(Folder.PathTo("uploads"), GatewayUser);
        File.CreateSymbolicLink(Folder.PathTo("cgi/uploads"), "../uploads");
        File.CreateSymbolicLink(Folder.PathTo("cgi/x.py"), "../uploads/x.py");
        foreach (string path in (string[])["cgi/uploads/x.py", "cgi/x.py"])
        {
            Response answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", Folder.PathTo(path)));
            Assert.True(answer.Status == 403 && answer.Log.Contains($"{Folder.PathTo("uploads")} belongs to user {GatewayUser}", StringComparison.Ordinal), answer.ToString());
        }
        Assert.False(HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_gateway_of_roots_runs_no_file_by_an_interpreter_unless_that_is_allowed(RunModeUnderTest mode)
    {
        Requires.Place(CurrentUser.Id == 0, "root");
        string script = MarkingPython("cgi/x.py");
        var gateway = new Invocation(mode, Folder.PathTo("cgi/")) { Options = PythonFor(".py") };
        Response answer = await gateway.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Status == 403 && answer.Log.Contains("the gateway runs as root", StringComparison.Ordinal), answer.ToString());
        Assert.False(HasRun);
        answer = await (gateway with { Options = [.. PythonFor(".py"), "--allow-writable"] }).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "ran", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task In_a_directory_of_another_user_a_file_is_opened_by_its_name_in_the_directory_that_was_looked_at(RunModeUnderTest mode)
    {
        Requires.Place(CurrentUser.Id == 0, "root");
        string script = Folder.Write("cgi/theirs/x.py", Tell);
        Ownership.Give(Folder.PathTo("cgi/theirs"));
        Response answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == $"./x.py|{script}|{Path.GetDirectoryName(script)}", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Nothing_stays_open_after_files_have_been_looked_at(RunModeUnderTest mode)
    {
        Requires.Place(CurrentUser.Id == 0, "root");
        string script = Folder.Write("cgi/x.py", Tell), refused = Folder.Write("cgi/sub/x.py", Tell), plain = Folder.Write("cgi/plain.txt", "");
        Ownership.Give(Folder.PathTo("cgi/sub"), GatewayUser);
        await using ListeningProgram program = Gateway(mode, "cgi/", PythonFor(".py")).Listen();
        string[] paths = [script, refused, plain, Folder.PathTo("cgi/missing.py")];
        foreach (string path in paths)
            await program.AskAsync(RequestVariables.For("GET", path));
        int before = await program.SettledAsync();
        for (int i = 0; i < 3; i++)
        {
            foreach (string path in paths)
                await program.AskAsync(RequestVariables.For("GET", path));
        }
        await program.ComesDownToAsync(before);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_file_that_the_gateway_may_not_read_gets_a_403_that_says_so(RunModeUnderTest mode)
    {
        Requires.Place(CurrentUser.Id == 0, "root");
        string script = Folder.Write("cgi/x.py", Tell);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Response answer = await Gateway(mode, "cgi/", PythonFor(".py")).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Status == 403, answer.ToString());
        Assert.Contains($"cannot run {script}: it is not readable for user {GatewayUser}", Assert.Single(answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task An_interpreter_that_does_not_start_is_named(RunModeUnderTest mode)
    {
        string script = Folder.Write("cgi/x.py", Tell), data = Folder.Write("data", "");
        foreach ((string interpreter, string reason) in ((string, string)[])[("/usr/bin/python9", "does not exist"), (data, "is not executable")])
        {
            Response answer = await Gateway(mode, "cgi/", "--interpreter", $".py={interpreter}").AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Status == 500, answer.ToString());
            Assert.Contains($"cannot run {script}: its interpreter {interpreter} {reason}", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        }
    }

    public static TheoryData<RunModeUnderTest, string> Interpreters
    {
        get
        {
            var data = new TheoryData<RunModeUnderTest, string>();
            foreach (RunModeUnderTest mode in RunModes.EachProgram.Select(static row => row.Data))
            {
                foreach (string interpreter in (string[])["/usr/bin/php-cgi", Python, "/usr/bin/python3.11", "/usr/bin/perl", "/bin/sh", "/bin/bash"])
                    data.Add(mode, interpreter);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Interpreters)), Trait("fault", "F26")]
    public async Task An_interpreter_as_TARGET_is_refused_with_the_line_to_write_and_a_body_never_becomes_its_program(RunModeUnderTest mode, string interpreter)
    {
        await using Conversation conversation = new Invocation(mode, interpreter).Connect();
        byte[] body = System.Text.Encoding.ASCII.GetBytes($"touch {Folder.PathTo("ran")}\n");
        RequestVariables variables = RequestVariables.For("POST", "/");
        await conversation.TrySendAsync(mode.Encode(variables, body));
        (_, LaunchResult result) = await conversation.FinishRawAsync();
        Assert.Equal(64, result.ExitCode);
        Assert.Contains($"TARGET is an interpreter, {interpreter}, without a script for it", result.ErrorText, StringComparison.Ordinal);
        Assert.Matches($@"{mode.ProgramName()} --interpreter \.(php|py|pl|sh)={interpreter} /srv/www/", result.ErrorText);
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task An_interpreter_as_TARGET_runs_the_script_that_the_command_line_names(RunModeUnderTest mode)
    {
        string script = Folder.Write("x.py", Tell);
        Response answer = await new Invocation(mode, Python) { Arguments = [script] }.AskAsync(RequestVariables.For("GET", "/"));
        Assert.True(answer.Body.StartsWith(script + "|", StringComparison.Ordinal), answer.ToString());
        Requires.Tools("php-cgi");
        string page = Folder.Write("x.php", "<?php echo 'page';");
        answer = await new Invocation(mode, Php) { Options = ["--env", $"SCRIPT_FILENAME={page}"] }.AskAsync(RequestVariables.For("GET", "/"));
        Assert.True(answer.Body == "page", answer.ToString());
    }

    [Theory, InlineData("/usr/bin/perl", "-w"), InlineData("/usr/bin/perl", "-w -T"), InlineData(Python, "-u"), InlineData("/bin/sh", "-x"), InlineData(Python, "-W ignore")]
    public async Task Options_of_an_interpreter_as_TARGET_are_not_a_script(string interpreter, string arguments)
    {
        var gateway = new Invocation(RunModeUnderTest.Plain, interpreter) { Arguments = arguments.Split(' ') };
        await using Conversation conversation = gateway.Connect();
        await conversation.TrySendAsync(ScgiClient.Encode(RequestVariables.For("POST", "/"), "print 1"u8.ToArray()));
        (_, LaunchResult result) = await conversation.FinishRawAsync();
        Assert.Equal(64, result.ExitCode);
        Assert.Contains($"TARGET is an interpreter, {interpreter}, without a script for it", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("--interpreter .php=/usr/bin/php /srv/www/"), InlineData("--interpreter .php=/usr/bin/php8.2 /srv/www/"), InlineData("--env SCRIPT_FILENAME=/x.php /usr/bin/php")]
    public async Task PHP_of_the_command_line_is_refused_with_the_name_of_the_other(string arguments)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.ScgiRun, Arguments = arguments.Split(' ') });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("PHP of the command line", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("php-cgi", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("php=/usr/bin/php-cgi"), InlineData(".php=php-cgi"), InlineData(".php"), InlineData(".=/usr/bin/php-cgi"), InlineData(".tar.gz=/bin/sh"), InlineData("./x=/bin/sh")]
    public async Task An_interpreter_that_is_not_an_extension_and_a_full_path_is_refused(string value)
    {
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
        {
            LaunchResult result = await Launcher.RunAsync(new Launch { Program = mode.Program(), Arguments = ["--interpreter", value, Folder.Target] });
            Assert.Equal(64, result.ExitCode);
            Assert.Contains($"--interpreter takes .EXTENSION=PROGRAM, not \"{value}\": {(value.StartsWith('.') ? "write the program's full path" : "begin the extension with a dot")}, for example --interpreter .php=/usr/bin/php-cgi", result.ErrorText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_interpreters_for_one_extension_are_refused()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.ScgiRun, Arguments = ["--interpreter", ".php=/bin/a", "--interpreter", ".php=/bin/b", Folder.Target] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--interpreter names .php twice", result.ErrorText, StringComparison.Ordinal);
    }

    /// <summary>The gateway as a user to whom nothing here belongs, if the tests may choose that.</summary>
    private Invocation Gateway(RunModeUnderTest mode, string target, params string[] options)
    {
        var gateway = new Invocation(mode, Folder.PathTo(target)) { Options = options };
        if (CurrentUser.Id != 0)
            return gateway with { Options = [.. options, "--allow-writable"] };
        Requires.Tools("setpriv");
        return gateway with
        {
            Adjust = static launch => launch with
            {
                Program = Tool.PathOf("setpriv"),
                Arguments = [$"--reuid={GatewayUser}", $"--regid={GatewayUser}", "--clear-groups", launch.Program, .. launch.Arguments],
            },
        };
    }

    /// <summary>A script that responds "ran", and leaves a file in a folder that every user may write to.</summary>
    private string MarkingPython(string relative)
    {
        string marks = Folder.MakeFolder("marks");
        File.SetUnixFileMode(marks, (UnixFileMode)0b111_111_111);
        return Folder.Write(relative, $"open('{marks}/ran', 'w')\nprint('Content-Type: text/plain\\n')\nprint('ran', end='')\n");
    }

    private bool HasRun => File.Exists(Folder.PathTo("marks/ran"));
}

using System.Text;

namespace Shims.ProgramTests;

/// <summary>--record: what fails leaves a capsule, and what does not leaves none.</summary>
public sealed class RecordingTests : ProgramTest
{
    private const string Head = "printf 'Content-Type: text/plain\\n\\n'";

    /// <summary>How a script fails, and what the capsule has to say: reason, status, part of the cause, end.</summary>
    private static readonly Dictionary<string, (string Script, string Reason, string? Status, string Cause, string? End)> s_failures = new()
    {
        ["writes nothing"] = ("#!/bin/sh\necho last words >&2\nexit 3\n", "fault", "502", "failed (exit status 3): last words", "exit 3"),
        ["writes no header"] = ("#!/bin/sh\necho Hello; echo; exec sleep 100\n", "fault", "502", "not a header line: \"Hello\"", null),
        ["is killed"] = ("#!/bin/sh\nkill -9 $$\n", "fault", "502", "killed (signal 9)", "signal 9"),
        ["is killed after its header"] = ($"#!/bin/sh\n{Head}; echo some; sleep 0.2; kill -9 $$\n", "fault", "200", "killed (signal 9)", "signal 9"),
        ["takes too long"] = ("#!/bin/sh\nexec sleep 100\n", "fault", "504", "took longer than 1 s", "signal 15"),
        ["says 500 itself"] = ("#!/bin/sh\nprintf 'Status: 503 Busy\\n\\nlater'\n", "status", "503", "answered with status 503", "exit 0"),
        ["has no interpreter"] = ("#!/nowhere/perl\n", "fault", "500", "line 1 names /nowhere/perl, which does not exist", null),
        ["has none that env finds"] = ("#!/usr/bin/env no-such-program\n", "fault", "500", "line 1 asks env for no-such-program", "exit 127"),
    };

    public static TheoryData<RunModeUnderTest, bool, string> Failures =>
        new MatrixTheoryData<RunModeUnderTest, bool, string>([RunModeUnderTest.Plain, RunModeUnderTest.FastCgi], [false, true], s_failures.Keys);

    private string Capsules => Folder.MakeFolder("capsules");

    private string[] Record => ["--record", Capsules];

    [Theory, MemberData(nameof(Failures))]
    public async Task A_request_that_fails_leaves_a_capsule_that_its_id_names(RunModeUnderTest mode, bool waits, string failure)
    {
        (string text, string reason, string? status, string cause, string? end) = s_failures[failure];
        string script = Folder.Script("script.cgi", text);
        var invocation = new Invocation(mode, script) { Options = [.. Record, "--timeout", "1"] };
        await using ListeningProgram? program = waits ? invocation.Listen() : null;
        Response answer = program is null
            ? await invocation.AskAsync(RequestVariables.For("GET", script, query: "name=Ada"))
            : await program.AskAsync(RequestVariables.For("GET", script, query: "name=Ada"));
        CapsuleFile capsule = Assert.Single(CapsuleFile.In(Capsules));
        Assert.Equal((reason, status, script, end), (capsule["reason"], capsule["status"], capsule["script"], capsule["ended"]));
        Assert.Contains(cause, capsule["cause"], StringComparison.Ordinal);
        Assert.NotEqual("", capsule["cure"]);
        Assert.Contains("QUERY_STRING=name=Ada", capsule.All("variable"));
        Assert.Contains("QUERY_STRING=name=Ada", capsule.All("environment"));
        Assert.Equal(Path.GetFileNameWithoutExtension(capsule.Path), capsule["request-id"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(capsule.Path));
        string named = $"; all about it: shimctl show {capsule.Path}\n";
        if (program is null)
            Assert.Contains(named, answer.Log, StringComparison.Ordinal);
        else
            await program.WaitForLogAsync(named);
        if (reason == "fault" && !answer.BrokeOff)
            Assert.EndsWith($"Request id: {capsule["request-id"]}\n", answer.Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_that_may_not_be_run_and_one_that_is_not_there_leave_capsules(RunModeUnderTest mode)
    {
        string script = Folder.Write("script.cgi", "#!/bin/sh\n");
        var invocation = new Invocation(mode, Folder.Target) { Options = Record };
        Assert.Equal(403, (await invocation.AskAsync(RequestVariables.For("GET", script))).Status);
        Assert.Equal(404, (await invocation.AskAsync(RequestVariables.For("GET", Folder.PathTo("other.cgi")))).Status);
        IReadOnlyList<CapsuleFile> capsules = CapsuleFile.In(Capsules);
        Assert.Equal(["403", "404"], capsules.Select(capsule => capsule["status"]!).Order());
        Assert.All(capsules, capsule => Assert.Equal(Folder.Target, capsule["target"]));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_client_that_sees_no_response_leaves_a_capsule(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; exec sleep 100");
        await using Conversation conversation = new Invocation(mode, script) { Options = Record }.Connect();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        string log = (await conversation.Program.WaitAsync(Patience.Limit)).ErrorText;
        CapsuleFile capsule = Assert.Single(CapsuleFile.In(Capsules));
        Assert.Equal("gone", capsule["reason"]);
        Assert.Contains("without a response", log, StringComparison.Ordinal);
        Assert.Contains(capsule.Path, log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_capsule_holds_everything_byte_for_byte(RunModeUnderTest mode)
    {
        string seen = Folder.PathTo("seen");
        string script = Folder.Shell($"cat /proc/$$/environ > {seen}; head -c 70000 > /dev/null; echo hmm >&2; printf 'Status: 500\\nX-From: me\\n\\n\\001page'; exit 4");
        byte[] body = [.. Enumerable.Range(0, 70_000).Select(static i => (byte)(i * 7))];
        RequestVariables variables = RequestVariables.For("POST", script);
        variables.Add("HTTP_X_LATIN"u8.ToArray(), [0xE9, 0x0A, 0x3D, 0x7F]);
        variables.Add("HTTP_X_TWICE", "a");
        variables.Add("HTTP_X_TWICE", "b");
        await new Invocation(mode, script) { Options = [.. Record, "--memory", "1G"], Arguments = ["one", "", "two words"] }.AskAsync(variables, body);

        CapsuleFile capsule = Assert.Single(CapsuleFile.In(Capsules));
        Assert.Equal(
            (mode.ProgramName(), mode.SpeaksFastCgi() ? "FastCGI" : mode.SpeaksUwsgi() ? "uwsgi" : "SCGI", "exit 4", "1073741824"),
            (capsule["program"], capsule["protocol"], capsule["ended"], capsule["address-space"]));
        string[] sent = [.. variables.Select(static pair => Encoding.Latin1.GetString(pair.Name) + "=" + Encoding.Latin1.GetString(pair.Value))];
        Assert.Equal(sent, capsule.All("variable").Where(static variable => !variable.StartsWith("CONTENT_LENGTH=", StringComparison.Ordinal) && variable != "SCGI=1"));
        Assert.Equal(Encoding.Latin1.GetString(File.ReadAllBytes(seen)), string.Concat(capsule.All("environment").Select(static setting => setting + "\0")));
        Assert.Equal(["one", "", "two words"], capsule.All("argument"));
        Assert.Equal(Path.GetDirectoryName(script), capsule["directory"]);
        Assert.Equal($"{CurrentUser.Id}", capsule["user"]);
        Assert.Equal("70000", capsule["body-length"]);
        Assert.Equal(body[..65536], Encoding.Latin1.GetBytes(capsule["body"]!));
        Assert.Equal("hmm\n", capsule["stderr"]);
        Assert.Equal("Status: 500\nX-From: me\n\n\u0001page", capsule["reply"]);
        Assert.StartsWith("unix socket, process ", capsule["peer"], StringComparison.Ordinal);
        long age = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - long.Parse(capsule["time"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(age, 0, 600_000);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_request_that_goes_well_leaves_a_capsule_only_with_record_all(RunModeUnderTest mode)
    {
        string script = Folder.Shell($"{Head}; printf well");
        Response answer = await new Invocation(mode, script) { Options = Record }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal(("well", ""), (answer.Body, answer.Log));
        Assert.Empty(CapsuleFile.In(Capsules));
        answer = await new Invocation(mode, script) { Options = [.. Record, "--record-all"] }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal(("well", ""), (answer.Body, answer.Log));
        Assert.Equal("all", Assert.Single(CapsuleFile.In(Capsules))["reason"]);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task No_byte_of_a_capsule_holds_a_secret_unless_it_is_to(RunModeUnderTest mode)
    {
        string script = Folder.Shell("""
            body=$(cat)
            echo "cookie $HTTP_COOKIE, query $QUERY_STRING, body $body, decoded se cret#1" >&2
            printf 'Status: 500\nSet-Cookie: sid=out-5151; Path=/app\nX-Echo: %s\n\nout-5151 %s' "$DB_PASSWORD" "$body"
            """);
        RequestVariables variables = RequestVariables.For("POST", script, query: "a=1&access_token=query-9191&b=2")
            .With("HTTP_COOKIE", "sid=cookie-1717; theme=dark").With("HTTP_AUTHORIZATION", "Bearer bearer-2323").With("HTTP_PROXY_AUTHORIZATION", "Basic cHJveHktNDI0Mg==")
            .With("HTTP_X_API_KEY", "key-3131").With("HTTP_REFERER", "https://h/?reset_token=referer-6161#x").With("CONTENT_TYPE", "application/x-www-form-urlencoded; charset=utf-8");
        byte[] body = "user=ada&password=se%20cret%231&pwd=body-7171&note=hello"u8.ToArray();
        string[] secrets = ["query-9191", "cookie-1717", "bearer-2323", "cHJveHktNDI0Mg", "key-3131", "referer-6161", "se%20cret%231", "se cret#1", "body-7171", "out-5151", "env-8181"];
        string[] options = [.. Record, "--env", "DB_PASSWORD=env-8181", "--allow-env", "HTTP_AUTHORIZATION"];

        await new Invocation(mode, script) { Options = options }.AskAsync(variables, body);
        CapsuleFile capsule = Assert.Single(CapsuleFile.In(Capsules));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, capsule.ToString(), StringComparison.Ordinal));
        Assert.Equal("user=ada&password=[redacted]&pwd=[redacted]&note=hello", capsule["body"]);
        Assert.Contains("QUERY_STRING=a=1&access_token=[redacted]&b=2", capsule.All("environment"));
        Assert.Contains("HTTP_REFERER=https://h/?reset_token=[redacted]#x", capsule.All("variable"));
        Assert.Contains("decoded [redacted]", capsule["stderr"], StringComparison.Ordinal);
        Assert.Subset(capsule.All("redacted").ToHashSet(), new HashSet<string>
        {
            "variable HTTP_COOKIE", "environment HTTP_COOKIE", "environment HTTP_AUTHORIZATION", "environment DB_PASSWORD", "variable QUERY_STRING", "body", "stderr", "reply",
        });
        Assert.Null(capsule["secrets-kept"]);

        File.Delete(capsule.Path);
        await new Invocation(mode, script) { Options = [.. options, "--record-secrets"] }.AskAsync(variables, body);
        capsule = Assert.Single(CapsuleFile.In(Capsules));
        Assert.All(secrets, secret => Assert.Contains(secret, capsule.ToString(), StringComparison.Ordinal));
        Assert.Equal(("", 0), (capsule["secrets-kept"], capsule.All("redacted").Count));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "M7")]
    public async Task No_piece_of_a_secret_is_left_where_the_capsule_cuts_and_none_that_the_script_has_decoded(RunModeUnderTest mode)
    {
        // Each stands across the edge of what is kept: the last 16 KiB of standard error, and the first 8 KiB of the answer.
        string script = Folder.Script("script.py", """
            #!/usr/bin/python3
            import html, os, sys
            token, password = os.environ["HTTP_X_TOKEN"], os.environ["DB_PASSWORD"]
            rest = " alice:Wonder-Land-77 <p>" + html.escape(password) + "</p>"
            sys.stderr.write("-" * 5000 + token + "." * (16384 - 20 - len(rest)) + rest)
            sys.stderr.flush()
            head = "Status: 500\nLocation: /x?reset_key=location-7788\n\n"
            print(head + "=" * (8192 - len(head) - 10) + token + " location-7788 " + token)
            """);
        const string token = "Tok-1234567890-abcdefghijklmnop-0987654321";
        string[] options = [.. Record, "--env", "DB_PASSWORD=Correct-Horse-9<"];
        RequestVariables variables = RequestVariables.For("GET", script, query: string.Join('&', Enumerable.Range(0, 200).Select(number => $"key{number}=ValueNumber{number}")) + "&%70assword=hidden-name-1")
            .With("HTTP_X_TOKEN", token).With("HTTP_AUTHORIZATION", "Basic YWxpY2U6V29uZGVyLUxhbmQtNzc=");
        await new Invocation(mode, script) { Options = options }.AskAsync(variables);
        string capsule = Assert.Single(CapsuleFile.In(Capsules)).ToString();
        Assert.All(new[] { "Wonder-Land-77", "Correct-Horse-9", "location-7788", "hidden-name-1" }, secret => Assert.DoesNotContain(secret, capsule, StringComparison.Ordinal));
        for (int i = 0; i + 6 <= token.Length; i++)
            Assert.DoesNotContain(token.Substring(i, 6), capsule, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Fifty_failures_at_a_time_leave_the_newest_hundred(RunModeUnderTest mode)
    {
        for (int i = 0; i < 90; i++)
        {
            string old = Folder.Write($"capsules/old{i:d2}.capsule", "an older one");
            File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-1).AddSeconds(i));
        }
        string unrelated = Folder.Write("capsules/notes.txt", "not a capsule");
        File.SetLastWriteTimeUtc(unrelated, DateTime.UnixEpoch);
        string script = Folder.Shell("exit 1");
        var invocation = new Invocation(mode, script) { Options = Record };
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => invocation.AskAsync(RequestVariables.For("GET", script))));
        string[] left = [.. new DirectoryInfo(Capsules).GetFiles("*.capsule").Select(static file => file.Name).Order()];
        Assert.Equal(100, left.Length);
        Assert.Equal(Enumerable.Range(40, 50).Select(static i => $"old{i:d2}.capsule"), left.Where(static name => name.StartsWith("old", StringComparison.Ordinal)));
        Assert.True(File.Exists(unrelated));
        Assert.Empty(Directory.GetFiles(Capsules, ".*"));
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.FastCgi)] // uwsgi has no room for so much
    public async Task A_capsule_is_never_larger_than_its_bound(RunModeUnderTest mode)
    {
        string script = Folder.Shell("cat >/dev/null; exit 1");
        RequestVariables variables = RequestVariables.For("POST", script);
        for (int i = 0; i < 20; i++)
            variables.Add($"HTTP_X_LONG{i}", new string('x', 100_000));
        await new Invocation(mode, script) { Options = [.. Record, "--max-header", "8M"] }.AskAsync(variables, "the body"u8.ToArray());
        CapsuleFile capsule = Assert.Single(CapsuleFile.In(Capsules));
        Assert.InRange(capsule.Bytes.Length, 100_000, 1 << 20);
        Assert.Equal(("", "the body"), (capsule["cut"], capsule["body"]));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_request_refused_for_want_of_a_slot_leaves_none(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Head}");
        var invocation = new Invocation(mode, script) { Options = [.. Record, "--max", "1"] };
        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        Assert.Equal(503, (await invocation.AskAsync(RequestVariables.For("GET", script))).Status);
        await gate.OpenAsync();
        await first;
        Assert.Empty(CapsuleFile.In(Capsules));
    }

    [Theory]
    [InlineData("none", "there is no such directory: install -d -m 700 -o ")]
    [InlineData("file", "it is not a directory: ")]
    public async Task A_capsule_that_cannot_be_written_is_one_log_line_and_leaves_the_response_unchanged(string directory, string why)
    {
        Folder.Write("file", "");
        string script = Folder.Shell("printf 'Status: 500\\n\\nown page'");
        foreach (RunModeUnderTest mode in new[] { RunModeUnderTest.Plain, RunModeUnderTest.FastCgi })
        {
            Response answer = await new Invocation(mode, script) { Options = ["--record", Folder.PathTo(directory)] }.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer is { Status: 500, Body: "own page", BrokeOff: false, LogLines.Count: 1 }, answer.ToString());
            Assert.Contains($"cannot keep a capsule in {Folder.PathTo(directory)}: {why}", answer.LogLines[0], StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_capsule_for_which_there_is_no_room_leaves_nothing_and_harms_nothing(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Status: 500\\n\\n'; sed -n 's/^SigIgn:.//p' /proc/self/status");
        var invocation = new Invocation(mode, script)
        {
            Options = Record,
            // The system's limit on the size of files, 512 bytes a block, which a signal would enforce by default.
            Adjust = static launch => launch with { Program = "/bin/sh", Arguments = ["-c", "ulimit -f 1; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script, query: new string('x', 4000)));
        Assert.True(answer is { BrokeOff: false, ExitCode: 0, LogLines.Count: 1 }, answer.ToString());
        // The script, at any rate, finds the signal as it was. SIGXFSZ is 25; bit 0 is signal 1.
        Assert.Equal(0, long.Parse(answer.Body, System.Globalization.NumberStyles.HexNumber | System.Globalization.NumberStyles.AllowTrailingWhite, System.Globalization.CultureInfo.InvariantCulture) & 1 << 24);
        Assert.Contains("there is no room (EFBIG", answer.LogLines[0], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Capsules));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_full_disk_leaves_nothing_and_harms_nothing(RunModeUnderTest mode)
    {
        string mount = $"mount -t tmpfs -o size=4k none {Capsules}";
        Assert.SkipUnless(CurrentUser.Id == 0 && await MayMountAsync(mount), "only root may mount a small file system");
        string script = Folder.Shell("printf 'Status: 500\\n\\nown page'");
        var invocation = new Invocation(mode, script)
        {
            Options = Record,
            Adjust = launch => launch with { Program = "/usr/bin/unshare", Arguments = ["-m", "/bin/sh", "-c", $"{mount}; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script, query: new string('x', 4000)));
        Assert.True(answer is { Body: "own page", BrokeOff: false, ExitCode: 0, LogLines.Count: 1 }, answer.ToString());
        Assert.Contains("there is no room (ENOSPC", answer.LogLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_options_that_belong_to_record_are_usage_errors_without_it()
    {
        foreach (string option in new[] { "--record-all", "--record-secrets" })
        {
            Response answer = await new Invocation(RunModeUnderTest.Plain, "/bin/true") { Options = [option] }.AskAsync(ReadOnlyMemory<byte>.Empty);
            Assert.Equal(64, answer.ExitCode);
            Assert.Contains($"{option} needs --record", answer.Log, StringComparison.Ordinal);
        }
    }

    private static async Task<bool> MayMountAsync(string mount)
    {
        await using LaunchedProgram program = Invocation.Start(new Launch { Program = "/usr/bin/unshare", Arguments = ["-m", "/bin/sh", "-c", mount] });
        return (await program.WaitAsync(Patience.Limit)).ExitCode == 0;
    }
}

using System.Globalization;
using System.Text;

namespace Shims.ProgramTests;

/// <summary>What a program finds missing, forbidden or changed where it is started: it serves all the same, or says what is wrong.</summary>
public sealed class BareSurroundingsTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "F19")]
    public async Task In_a_bare_chroot_scripts_are_served_and_nothing_of_the_shims_reaches_the_client(RunModeUnderTest mode)
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, for chroot");
        Requires.Tools("chroot", "ldd");
        await MakeJailAsync(mode);
        var invocation = new Invocation(mode, "/cgi/")
        {
            ErrorIsConnection = true,
            Adjust = launch => launch with
            {
                Program = Tool.PathOf("chroot"),
                Arguments = ["--userspec=65532:65532", Folder.PathTo("jail"), "/bin/program", .. launch.Arguments],
            },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", "/cgi/x.cgi"));
        Assert.True(answer is { Body: "read 0", BrokeOff: false }, answer.ToString());
        foreach (int size in (int[])[1, 5_000, 65_536, 300_000])
        {
            answer = await invocation.AskAsync(RequestVariables.For("POST", "/cgi/x.cgi"), Encoding.ASCII.GetBytes(new string('b', size - 1) + "\n"));
            Assert.True(answer.Body == $"read {size}", $"{size}: {answer}");
        }
        answer = await invocation.AskAsync(RequestVariables.For("GET", "/cgi/missing.cgi"));
        Assert.True(answer.Status == 404, answer.ToString());
        Assert.StartsWith("Status: 404", Encoding.Latin1.GetString(answer.Bytes), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "F19")]
    public async Task Where_there_is_neither_dev_null_nor_a_file_in_memory_a_script_without_a_body_is_served(RunModeUnderTest mode)
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, for chroot");
        Requires.Tools("chroot", "ldd", "strace");
        await MakeJailAsync(mode);
        var invocation = new Invocation(mode, "/cgi/")
        {
            Adjust = launch => launch with
            {
                Program = Tool.PathOf("strace"),
                Arguments = ["-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=memfd_create", "-e", "inject=memfd_create:error=ENOSYS", Tool.PathOf("chroot"), Folder.PathTo("jail"), "/bin/program", .. launch.Arguments],
            },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", "/cgi/x.cgi"));
        Assert.True(answer is { Body: "read 0", BrokeOff: false, Log: "" }, answer.ToString());
    }

    [Theory, InlineData(RunModeUnderTest.Relay, ""), InlineData(RunModeUnderTest.Plain, "--truthful"), InlineData(RunModeUnderTest.Plain, "--status"), InlineData(RunModeUnderTest.FastCgi, ""), Trait("fault", "M8")]
    public async Task A_response_that_broke_off_looks_broken_also_if_SIGCHLD_was_ignored(RunModeUnderTest mode, string options)
    {
        Requires.Tools("perl");
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nhalf'; kill -KILL $$");
        var invocation = new Invocation(mode, script)
        {
            Options = options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Adjust = static launch => launch with { Program = Tool.PathOf("perl"), Arguments = ["-e", "$SIG{CHLD} = 'IGNORE'; exec @ARGV", launch.Program, .. launch.Arguments] },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff, answer.ToString());
        Assert.Contains("was killed (signal 9)", Assert.Single(answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.FastCgi), Trait("fault", "L2")]
    public async Task Too_few_descriptors_are_called_that(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        int refused = 0;
        foreach (int limit in Enumerable.Range(7, 15))
        {
            var invocation = new Invocation(mode, script)
            {
                Adjust = launch => launch with { Program = "/bin/sh", Arguments = ["-c", $"ulimit -n {limit.ToString(CultureInfo.InvariantCulture)}; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
            };
            Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
            Assert.DoesNotContain("ulimit -u", answer.Log, StringComparison.Ordinal);
            if (answer.Log.Contains("ulimit -n", StringComparison.Ordinal))
                refused++;
        }
        Assert.True(refused > 0);
    }

    [Fact, Trait("fault", "L8")]
    public async Task A_log_file_that_is_a_link_of_another_user_in_a_shared_directory_is_not_written()
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to give files away");
        string script = Folder.Shell("echo WARNING >&2; printf 'Content-Type: text/plain\\n\\nserved'");
        string shared = Folder.MakeFolder("shared"), victim = Folder.Write("victim", "");
        File.SetUnixFileMode(shared, (UnixFileMode)0x3FF /* 1777 */);
        foreach ((string name, bool isTheirs) in ((string, bool)[])[("theirs", true), ("ours", false)])
        {
            string link = File.CreateSymbolicLink(Path.Combine(shared, name), victim).FullName;
            if (isTheirs)
                Ownership.Give(link);
            Response answer = await new Invocation(RunModeUnderTest.Relay, script) { Options = ["--stderr", link] }.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Body == "served", answer.ToString());
            Assert.Equal(isTheirs, answer.Log.Contains("cannot write to the log", StringComparison.Ordinal));
            string written = File.ReadAllText(victim);
            Assert.True(isTheirs ? written.Length == 0 : written.EndsWith(": WARNING\n", StringComparison.Ordinal), written);
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "L2")]
    public async Task Too_few_open_files_are_a_line_in_the_log(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        foreach (int files in (int[])[4, 5, 6, 8, 10])
        {
            var invocation = new Invocation(mode, script)
            {
                Options = ["--mode", "relay"],
                Adjust = launch => launch with { Program = "/bin/sh", Arguments = ["-c", $"ulimit -n {files}; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
            };
            await using (Conversation conversation = invocation.Connect())
            {
                RequestVariables variables = RequestVariables.For("GET", script);
                await conversation.TrySendAsync(mode.Encode(variables));
                LaunchResult once = (await conversation.FinishRawAsync()).Result;
                Assert.True(once is { ExitCode: 71, Signal: 0 } && once.ErrorText.Contains("limit on open files", StringComparison.Ordinal), $"{files}: exit {once.ExitCode}, signal {once.Signal}: {once.ErrorText}");
            }
            await using ListeningProgram listening = invocation.Listen();
            LaunchResult result = await listening.Program.WaitAsync(Patience.Limit);
            Assert.True(result is { ExitCode: 71, Signal: 0 } && result.ErrorText.Contains("limit on open files", StringComparison.Ordinal), $"{files}, wait: exit {result.ExitCode}, signal {result.Signal}: {result.ErrorText}");
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "L2")]
    public async Task A_program_with_too_few_open_files_to_wait_for_a_request_ends_with_a_line_in_the_log(RunModeUnderTest mode)
    {
        var invocation = new Invocation(mode, Folder.MarkingScript())
        {
            Options = ["--mode", "relay"],
            Adjust = launch => launch with { Program = "/bin/sh", Arguments = ["-c", "ulimit -n 6; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
        };
        await using Conversation conversation = invocation.Connect();
        LaunchResult result = (await conversation.FinishRawAsync()).Result;
        Assert.True(result is { ExitCode: 71, Signal: 0 } && result.ErrorText.Contains("limit on open files is 6", StringComparison.Ordinal), $"exit {result.ExitCode}, signal {result.Signal}: {result.ErrorText}");
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "L10")]
    public async Task Too_little_address_space_is_a_line_in_the_log(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        foreach (int megabytes in (int[])[30, 60, 70, 99])
        {
            var invocation = new Invocation(mode, script)
            {
                Options = ["--mode", "relay"],
                Adjust = launch => launch with { Program = "/bin/sh", Arguments = ["-c", $"ulimit -v {(megabytes * 1024).ToString(CultureInfo.InvariantCulture)}; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
            };
            await using Conversation conversation = invocation.Connect();
            LaunchResult result = (await conversation.FinishRawAsync()).Result;
            Assert.True(result is { ExitCode: 71, Signal: 0 }, $"{megabytes} MB: exit {result.ExitCode}, signal {result.Signal}: {result.ErrorText}");
            Assert.Matches($@"^{mode.ProgramName()}: the limit on address space is {megabytes} MB, .*ulimit -v.*\n$", result.ErrorText);
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi), Trait("fault", "M1")]
    public async Task A_script_cannot_look_into_the_program_that_started_it(RunModeUnderTest mode)
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to be another user without any right of root's");
        Requires.Tools("setpriv", "perl");
        string script = Folder.Perl("""
            my $parent = getppid;
            print "Content-Type: text/plain\n\n";
            for my $name (qw(environ mem maps fd)) {
                my $opened = $name eq 'fd' ? opendir(my $directory, "/proc/$parent/fd") : open(my $file, $name eq 'mem' ? '+<' : '<', "/proc/$parent/$name");
                print "$name ", $opened ? 'open' : 'closed', "\n";
            }
            print "own ", (open(my $file, '<', '/proc/self/environ') ? 'open' : 'closed'), "\n";
            """);
        File.SetUnixFileMode(Path.GetDirectoryName(script)!, (UnixFileMode)0x1ED /* 0755 */);
        var invocation = new Invocation(mode, script)
        {
            Adjust = static launch => launch with { Program = Tool.PathOf("setpriv"), Arguments = ["--reuid", "65532", "--regid", "65532", "--clear-groups", launch.Program, .. launch.Arguments] },
        };
        const string expected = "environ closed\nmem closed\nmaps closed\nfd closed\nown open\n";
        Response once = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(once.Body == expected, once.ToString());
        await using ListeningProgram program = invocation.Listen();
        Response many = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(many.Body == expected, many.ToString());
    }

    /// <summary>A directory with the program, a shell and a script in it, and nothing else: no /dev, /tmp or /proc.</summary>
    private async Task MakeJailAsync(RunModeUnderTest mode)
    {
        var jail = new Jail(Folder.PathTo("jail"));
        await jail.AddProgramAsync("/bin/sh", "/bin/sh");
        jail.Copy(mode.Program(), "/bin/program");
        Folder.Script("jail/cgi/x.cgi", """
            #!/bin/sh
            total=0
            while IFS= read -r line; do total=$((total + ${#line} + 1)); done
            printf 'Content-Type: text/plain\n\nread %s' "$total"
            """ + "\n");
        File.SetUnixFileMode(Folder.PathTo("."), (UnixFileMode)0x1ED /* 0755 */);
    }
}

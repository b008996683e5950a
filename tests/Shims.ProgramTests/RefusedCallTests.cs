namespace Shims.ProgramTests;

/// <summary>System calls that an old kernel does not know, or that a sandbox refuses: pages are served in another way, or the log says what was refused.</summary>
/// <remarks>strace gives the error in the place of the call.</remarks>
public sealed class RefusedCallTests : ProgramTest
{
    /// <summary>Calls for each of which there is another way.</summary>
    private static readonly string[] s_replaceable = ["clone", "close_range", "faccessat2", "statx", "waitid", "openat2"];

    public static TheoryData<RunModeUnderTest, string, string> Replaceable
    {
        get
        {
            var data = new TheoryData<RunModeUnderTest, string, string>();
            foreach (RunModeUnderTest mode in Enum.GetValues<RunModeUnderTest>())
            {
                data.Add(mode, string.Join(',', s_replaceable), "ENOSYS");
                data.Add(mode, string.Join(',', s_replaceable), "EPERM");
                data.Add(mode, "clone", "EINVAL");
                data.Add(mode, "pidfd_open", "ENOSYS");
                if (!TestExtent.IsLong)
                    continue;
                foreach (string call in s_replaceable)
                {
                    data.Add(mode, call, "ENOSYS");
                    data.Add(mode, call, "EPERM");
                }
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Replaceable))]
    public async Task Pages_are_served_without_calls_for_which_there_is_another_way(RunModeUnderTest mode, string calls, string error)
    {
        Requires.Tools("strace");
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved '; cat");
        var invocation = new Invocation(mode, Folder.Target) { Adjust = launch => Refusing(launch, calls, error) };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "served ", BrokeOff: false, Log: "" }, answer.ToString());
        answer = await invocation.AskAsync(RequestVariables.For("POST", script), "a body"u8.ToArray());
        Assert.True(answer is { Body: "served a body", BrokeOff: false, Log: "" }, answer.ToString());
    }

    [Theory, InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi)]
    public async Task A_listening_program_serves_many_requests_where_clone_is_refused(RunModeUnderTest mode)
    {
        Requires.Tools("strace");
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'"), failing = Folder.Shell("kill -KILL $$", "killed.cgi");
        await using ListeningProgram program = new Invocation(mode, Folder.Target) { Adjust = static launch => Refusing(launch, "clone", "EPERM") }.Listen();
        for (int i = 0; i < 5; i++)
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.Equal(502, (await program.AskAsync(RequestVariables.For("GET", failing))).Status);
        await program.Program.WaitForLogAsync("was killed (signal 9)");
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task Limits_hold_where_clone_is_refused(RunModeUnderTest mode)
    {
        Requires.Tools("strace");
        // They are set from outside, a moment after the start. The shell must not look for them in a process of its own: it is refused clone as well.
        string script = Folder.Shell("""
            until
                set -- 0
                while read -r a b c soft rest; do
                    case "$a $b $c $soft" in "Max address space 268435456" | "Max cpu time 7") set -- $(($1 + 1)) ;; esac
                done </proc/$$/limits
                [ "$1" = 2 ]
            do :; done
            printf 'Content-Type: text/plain\n\n'; ulimit -t; ulimit -v
            """);
        var invocation = new Invocation(mode, script) { Options = ["--cpu", "7", "--memory", "256M", "--timeout", "60"], Adjust = static launch => Refusing(launch, "clone", "EPERM") };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "7\n262144\n", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task Where_a_script_could_not_be_watched_the_log_says_so_and_it_does_not_run(RunModeUnderTest mode)
    {
        Requires.Tools("strace");
        string script = Folder.MarkingScript();
        Response answer = await new Invocation(mode, script) { Adjust = static launch => Refusing(launch, "clone,pidfd_open", "EPERM") }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 500, LogLines.Count: 1 }, answer.ToString());
        Assert.Contains("the system refused to watch a process, by pidfd_open (EPERM, operation not permitted): allow clone, clone3 and pidfd_open", answer.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("limit on processes", answer.Log, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task A_script_that_replaces_the_program_before_the_runtime_starts_needs_no_threads()
    {
        const RunModeUnderTest mode = RunModeUnderTest.Plain;
        Requires.Tools("strace");
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        Response answer = await new Invocation(mode, script) { Adjust = static launch => Refusing(launch, "clone3", "EPERM") }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "served", Log: "" }, answer.ToString());
    }

    [Theory, InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi), InlineData(RunModeUnderTest.Uwsgi)]
    public async Task Where_threads_are_refused_the_log_says_so(RunModeUnderTest mode)
    {
        Requires.Tools("strace");
        string script = Folder.MarkingScript();
        var invocation = new Invocation(mode, script) { Options = ["--timeout", "30"], Adjust = static launch => Refusing(launch, "clone3", "EPERM") };
        await using Conversation conversation = invocation.Connect();
        await conversation.TrySendAsync(mode.Encode(RequestVariables.For("GET", script)));
        LaunchResult result = (await conversation.FinishRawAsync()).Result;
        Assert.True(result is { ExitCode: 71, Signal: 0 }, $"exit {result.ExitCode}, signal {result.Signal}: {result.ErrorText}");
        Assert.StartsWith($"{mode.ProgramName()}: the system refuses to start threads, by clone3 (EPERM, operation not permitted): allow clone3", result.ErrorText, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    private static Launch Refusing(Launch launch, string calls, string error) => launch with
    {
        Program = Tool.PathOf("strace"),
        // A filter in the kernel, so that no other call is slower than it is.
        Arguments = ["-f", "--seccomp-bpf", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:error={error}", launch.Program, .. launch.Arguments],
    };
}

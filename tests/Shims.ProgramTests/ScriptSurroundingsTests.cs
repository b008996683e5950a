namespace Shims.ProgramTests;

/// <summary>What a script finds when it starts, beside its variables: descriptors, signals, arguments, folder.</summary>
public sealed class ScriptSurroundingsTests : ProgramTest
{
    // ls opens the directory it lists, as descriptor 3 if nothing else is open.
    private const string ListDescriptors = "printf 'Content-Type: text/plain\\n\\n'; exec /bin/ls -l /proc/self/fd";

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_inherits_descriptors_0_to_2_and_no_others(RunModeUnderTest mode)
    {
        using Pipe leaked = Pipe.Create();
        var invocation = new Invocation(mode, Folder.Shell(ListDescriptors))
        {
            Adjust = launch => launch with { Further = [leaked.Reader, leaked.Writer, leaked.Reader] },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", "/x"));
        AssertOnlyStandard(answer);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi)]
    public async Task A_script_inherits_no_other_clients_connection_in_wait_mode(RunModeUnderTest mode)
    {
        await using ListeningProgram program = new Invocation(mode, Folder.Shell(ListDescriptors)).Listen();
        await using Conversation silent = await program.ConnectAsync();
        await using Conversation another = await program.ConnectAsync();
        for (int i = 0; i < 5; i++)
            AssertOnlyStandard(await program.AskAsync(RequestVariables.For("GET", "/x")));
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_finds_every_signal_at_its_default(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; exec /bin/grep '^Sig' /proc/self/status");
        foreach (string[] options in (string[][])[[], ["--timeout", "30"]])
        {
            // The test's own runtime ignores SIGPIPE, and the program inherits that.
            var inheriting = new Invocation(mode, script) { Options = options, Adjust = static launch => launch with { InheritSignals = true } };
            AssertSignals(await inheriting.AskAsync(RequestVariables.For("GET", "/x")));
        }

        var blocked = new Invocation(mode, script)
        {
            Adjust = static launch => launch with
            {
                Program = "/usr/bin/perl",
                Arguments = ["-MPOSIX", "-e", "$SIG{$_} = 'IGNORE' for qw(PIPE TERM HUP CHLD USR1); POSIX::sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM, SIGUSR2, SIGALRM)); exec @ARGV", launch.Program, .. launch.Arguments],
            },
        };
        AssertSignals(await blocked.AskAsync(RequestVariables.For("GET", "/x")));

        static void AssertSignals(Response answer)
        {
            // Without signals 32 and 33, which glibc keeps for itself and nobody can set: its posix_spawn leaves them ignored.
            const ulong Settable = ~0x1_8000_0000UL;
            foreach (string line in answer.Body.Split('\n').Where(line => line.StartsWith("SigBlk", StringComparison.Ordinal) || line.StartsWith("SigIgn", StringComparison.Ordinal)))
                Assert.True((Convert.ToUInt64(line.Split('\t')[1], 16) & Settable) == 0, answer.ToString());
            Assert.Contains("SigIgn", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_program_gets_its_own_path_as_argv_0_and_the_arguments_after_the_target(RunModeUnderTest mode)
    {
        // A copy of cat that prints a head and then its own command line.
        string program = Folder.Script("program.cgi", File.ReadAllBytes("/bin/cat"));
        string head = Folder.Write("head", "Content-Type: text/plain\n\n");
        var invocation = new Invocation(mode, program) { Arguments = [head, "/proc/self/cmdline"] };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", program));
        Assert.True(answer.Body == $"{program}\0{head}\0/proc/self/cmdline\0", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Everything_after_the_target_belongs_to_the_script(RunModeUnderTest mode)
    {
        string script = Folder.Shell("""printf 'Content-Type: text/plain\n\n'; printf '[%s]' "$@" """);
        string[] arguments = ["--timeout", "0", "-x", "--", "", "a b", "\u00E9", "--help", "--mode=relay"];
        Response answer = await new Invocation(mode, script) { Arguments = arguments }.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "[--timeout][0][-x][--][][a b][\u00E9][--help][--mode=relay]", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task The_query_string_never_becomes_an_argument(RunModeUnderTest mode)
    {
        string script = Folder.Shell("""printf 'Content-Type: text/plain\n\n%s' "$#" """);
        foreach (string target in (string[])[script, Folder.Target])
        {
            Response answer = await new Invocation(mode, target).AskAsync(RequestVariables.For("GET", script, query: "-d+allow_url_include%3d1"));
            Assert.True(answer.Body == "0", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task The_working_directory_is_the_scripts(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; exec /bin/pwd", "sub/script.cgi");
        foreach (string target in (string[])[script, Folder.Target])
        {
            Response answer = await new Invocation(mode, target) { Adjust = static launch => launch with { Folder = "/" } }.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Body.Trim() == Path.GetDirectoryName(script), answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_target_may_be_given_relative_to_where_the_program_starts(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nrelative'", "sub/script.cgi");
        foreach (string target in (string[])["sub/script.cgi", "sub/"])
        {
            Response answer = await new Invocation(mode, target) { Adjust = launch => launch with { Folder = Folder.Target } }.AskAsync(RequestVariables.For("GET", script));
            Assert.True(answer.Body == "relative", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Without_a_body_the_standard_input_is_at_its_end(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; wc -c");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        // The web server keeps its side open, as nginx does: the script's end of input cannot come from there.
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body.Trim() == "0", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task With_a_body_the_standard_input_ends_after_it(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; wc -c");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("POST", script), new byte[12_345]);
        Assert.True(answer.Body.Trim() == "12345", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_script_leads_a_process_group_of_its_own(RunModeUnderTest mode)
    {
        string script = Folder.Shell("""printf 'Content-Type: text/plain\n\n%s ' $$; cut -d' ' -f5 /proc/$$/stat""");
        string[] numbers = (await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script))).Body.Split();
        Assert.Equal(numbers[0], numbers[1]);
    }

    private static void AssertOnlyStandard(Response answer)
    {
        string[] lines = answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.True(lines.Length == 4 && lines[3].Contains(" 3 -> /proc/", StringComparison.Ordinal), answer.ToString());
    }
}

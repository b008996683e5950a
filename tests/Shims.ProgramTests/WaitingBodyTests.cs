using System.Security.Cryptography;

namespace Shims.ProgramTests;

/// <summary>A body that comes faster than the script reads: it stays in the socket, and is taken in without the script only where something would stand still otherwise.</summary>
public sealed class WaitingBodyTests : ProgramTest
{
    private const int Size = 8 << 20;
    private static readonly byte[] s_body = MakeBody();
    private static readonly string s_digest = Convert.ToHexStringLower(SHA1.HashData(s_body));

    public static TheoryData<RunModeUnderTest, bool, string> Wires =>
    [
        (RunModeUnderTest.Relay, false, ""), (RunModeUnderTest.Relay, true, ""), (RunModeUnderTest.Relay, false, "SHIMS_NO_SPLICE=1"),
        (RunModeUnderTest.FastCgi, false, ""), (RunModeUnderTest.FastCgi, true, ""), (RunModeUnderTest.FastCgi, false, "SHIMS_NO_SPLICE=1"),
    ];

    [Theory, MemberData(nameof(Wires))]
    public async Task A_body_that_the_script_has_not_read_yet_needs_no_file(RunModeUnderTest mode, bool tcp, string environment)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate(), end = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; printf 'Content-Type: text/plain\\n\\n'; sha1sum; echo read >&9; {end.Pass}");
        await using Conversation conversation = new Invocation(mode, script) { Tcp = tcp, Environment = [environment] }.Connect();
        Task sending = conversation.SendAsync(RequestVariables.For("POST", script), s_body);
        await witness.LineAsync();
        // Time for a shim that takes everything in to show itself.
        await Task.WhenAny(sending, Task.Delay(300, TestContext.Current.CancellationToken));
        await gate.OpenAsync();
        await witness.LineAsync();
        Assert.DoesNotContain(FilesOf(conversation.Program), static file => file.EndsWith("(deleted)", StringComparison.Ordinal));
        await end.OpenAsync();
        Response answer = await conversation.FinishAsync();
        await sending;
        Assert.True(answer.Body.StartsWith(s_digest, StringComparison.Ordinal) && !answer.BrokeOff, answer.ToString());
    }

    [Theory, MemberData(nameof(Wires))]
    public async Task A_script_that_reads_in_fits_and_starts_gets_every_byte(RunModeUnderTest mode, bool tcp, string environment)
    {
        // Each pause is long enough for the pipe to fill, each piece of another size than the pipe's.
        string script = Folder.Perl("""
            use Digest::SHA; use Time::HiRes 'sleep';
            my $digest = Digest::SHA->new(1); my $turn = 0;
            while (sysread(STDIN, my $piece, 1 + 7919 * ($turn % 60))) { $digest->add($piece); sleep 0.002 if ++$turn % 7 == 0; }
            print "Content-Type: text/plain\n\n", $digest->hexdigest;
            """);
        await using ListeningProgram program = new Invocation(mode, script) { Tcp = tcp, Environment = [environment] }.Listen();
        Response[] answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => program.AskAsync(RequestVariables.For("POST", script), s_body)));
        Assert.All(answers, static answer => Assert.True(answer.Body == s_digest && !answer.BrokeOff, answer.ToString()));
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_does_not_read_for_long_gets_the_body_all_the_same_and_the_web_server_is_rid_of_it(RunModeUnderTest mode)
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{gate.Pass}; printf 'Content-Type: text/plain\\n\\n'; sha1sum");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.SendAsync(RequestVariables.For("POST", script), s_body).Patiently();
        await gate.OpenAsync();
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body.StartsWith(s_digest, StringComparison.Ordinal) && !answer.BrokeOff, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_writes_more_than_can_be_held_before_it_reads_is_not_waited_for(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; head -c 300000 /dev/zero; sha1sum");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        // All of it, before a byte of the answer is read.
        await conversation.SendAsync(RequestVariables.For("POST", script), s_body).Patiently();
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body.TrimStart('\0').StartsWith(s_digest, StringComparison.Ordinal) && answer.Reply.BodyBytes.Length > 300_000 && !answer.BrokeOff, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_says_much_on_its_standard_error_before_it_reads_is_not_waited_for(RunModeUnderTest mode)
    {
        string script = Folder.Shell("head -c 2000000 /dev/zero | tr '\\0' x >&2; printf 'Content-Type: text/plain\\n\\n'; sha1sum");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        await conversation.SendAsync(RequestVariables.For("POST", script), s_body).Patiently();
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body.StartsWith(s_digest, StringComparison.Ordinal) && !answer.BrokeOff, answer.Body);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_closes_its_input_while_more_waits_can_still_answer(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; exec <&-; printf 'Content-Type: text/plain\\n\\nno thanks'");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        Task sending = conversation.SendAsync(RequestVariables.For("POST", script), s_body);
        await witness.LineAsync();
        await Task.WhenAny(sending, Task.Delay(100, TestContext.Current.CancellationToken));
        await gate.OpenAsync();
        Response answer = await conversation.FinishAsync();
        await sending;
        Assert.True(answer is { Body: "no thanks", BrokeOff: false, ExitCode: 0 }, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_web_server_that_leaves_while_its_body_waits_ends_the_script(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Conversation conversation = await program.ConnectAsync();
        Task sending = conversation.SendAsync(RequestVariables.For("POST", script), s_body);
        await witness.LineAsync();
        await Task.WhenAny(sending, Task.Delay(100, TestContext.Current.CancellationToken));
        conversation.HangUp();
        await witness.GoneAsync();
        await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    }

    [Fact]
    public async Task On_a_kept_connection_a_body_does_not_wait_as_another_request_may_follow_it()
    {
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {gate.Pass}; printf 'Content-Type: text/plain\\n\\n'; sha1sum");
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.FastCgi.SendAsync([.. Request(1, "stuck", s_body), .. Request(2, "", "quick"u8.ToArray())]).Patiently();
        FastCgiReply quick = await conversation.FastCgi.ReceiveReplyAsync(2, Patience.Limit);
        Assert.StartsWith(Convert.ToHexStringLower(SHA1.HashData("quick"u8)), quick.Reply.Body, StringComparison.Ordinal);
        await gate.OpenAsync();
        Assert.StartsWith(s_digest, (await conversation.FastCgi.ReceiveReplyAsync(1, Patience.Limit)).Reply.Body, StringComparison.Ordinal);

        IEnumerable<FastCgiRecord> Request(int id, string query, byte[] body) =>
        [
            FastCgiClient.Begin(id, keepConnection: true),
            .. FastCgiClient.Stream(FastCgiRecordType.Params, id, FastCgiClient.EncodePairs(RequestVariables.For("POST", script, query: query).ForFastCgi(body.Length))),
            .. FastCgiClient.Stream(FastCgiRecordType.Stdin, id, body),
        ];
    }

    private static IEnumerable<string> FilesOf(LaunchedProgram program) =>
        Directory.GetFileSystemEntries($"/proc/{program.ProcessId}/fd").Select(static file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.ToString() ?? "");

    private static byte[] MakeBody()
    {
        byte[] body = new byte[Size];
        new Random(20261121).NextBytes(body);
        return body;
    }
}

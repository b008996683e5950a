namespace Shims.ProgramTests;

/// <summary>A request's body, whatever the script does with it: the answer is whole, and the script finds the end of its input.</summary>
public sealed class SmallBodyTests : ProgramTest
{
    private const int Page = 20_000;

    private static readonly int[] s_sizes = [1, 1024, 60 * 1024, 64 * 1024, (64 * 1024) + 1];

    /// <summary>Each way with each thing that a script does with its input.</summary>
    public static TheoryData<RunModeUnderTest, string> ModesAndScripts { get; } = [.. from mode in Enum.GetValues<RunModeUnderTest>() from reads in (string[])["nothing", "half", "all", "to the end"] select (mode, reads)];

    [Theory, MemberData(nameof(ModesAndScripts)), Trait("fault", "F01"), Trait("fault", "H10"), Trait("fault", "A01"), Trait("fault", "A02")]
    public async Task A_response_is_whole_however_much_of_the_body_the_script_reads(RunModeUnderTest mode, string reads)
    {
        string script = ReadingScript(reads);
        foreach (int size in s_sizes)
        {
            byte[] body = [.. Enumerable.Range(0, size).Select(static number => (byte)number)];
            foreach (bool tcp in (bool[])[false, true])
            {
                Response answer = await new Invocation(mode, script) { Tcp = tcp }.AskAsync(RequestVariables.For("POST", script), body);
                IsWhole(answer, ExpectedToRead(reads, size));
            }
        }
    }

    [Theory, MemberData(nameof(RunModes.Scgi), MemberType = typeof(RunModes)), Trait("fault", "F01")]
    public async Task A_body_may_come_in_pieces_and_with_bytes_after_its_end(RunModeUnderTest mode)
    {
        string script = ReadingScript("to the end");
        byte[] body = new byte[3000];
        byte[] header = ScgiClient.Encode(RequestVariables.For("POST", script).ForScgi(body.Length));
        foreach (int first in (int[])[0, 1, 1500, 2999])
        {
            await using Conversation conversation = new Invocation(mode, script).Connect();
            await conversation.Connection.SendAsync((byte[])[.. header, .. body[..first]]);
            await conversation.Connection.WaitUntilReadAsync();
            await conversation.TrySendAsync(body.AsMemory(first));
            IsWhole(await conversation.FinishAsync(), body.Length);
        }
        IsWhole(await new Invocation(mode, script).AskAsync((byte[])[.. header, .. body]), body.Length);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Exec), Trait("fault", "F01")]
    public async Task A_body_that_breaks_off_gets_a_400_and_runs_nothing(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        byte[] header = ScgiClient.Encode(RequestVariables.For("POST", script).ForScgi(1000));
        foreach (int sent in (int[])[0, 1, 500, 999])
        {
            Response answer = await new Invocation(mode, script).AskAsync((byte[])[.. header, .. new byte[sent]]);
            Assert.True(answer is { Status: 400, ExitCode: 76, LogLines.Count: 1 }, $"{sent}: {answer}");
        }
        Assert.False(Folder.HasRun);
    }

    [Fact, Trait("fault", "F01")]
    public async Task A_body_that_is_slow_is_waited_for_by_the_ordinary_program()
    {
        string script = ReadingScript("to the end");
        byte[] header = ScgiClient.Encode(RequestVariables.For("POST", script).ForScgi(1000));
        await using Conversation conversation = new Invocation(RunModeUnderTest.Exec, script) { Options = ["--header-timeout", "1"] }.Connect();
        await conversation.Connection.SendAsync((byte[])[.. header, .. new byte[300]]);
        // Longer than the short way waits. Were it still there, the answer would be the same.
        await Task.Delay(1500);
        await conversation.Connection.SendAsync(new byte[700]);
        IsWhole(await conversation.FinishAsync(), 1000);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Supervise), InlineData(RunModeUnderTest.Relay), Trait("fault", "F01")]
    public async Task A_user_whose_pipes_hold_a_page_only_finds_the_whole_body_all_the_same(RunModeUnderTest mode)
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to be another user");
        Requires.Tools("setpriv", "perl");
        string script = ReadingScript("to the end");
        File.SetUnixFileMode(Path.GetDirectoryName(script)!, (UnixFileMode)0x1ED /* 0755 */);
        // More pipes than a user may have at their full size (pipe(7), pipe-user-pages-soft: 16384 pages). They are close-on-exec, and stay open in the parent of the shim.
        const string holdPipes = """
            for (1..1100) { pipe(my $read, my $write) or die "pipe: $!"; push @all, $read, $write; }
            my $child = fork // die; if (!$child) { exec @ARGV; die "exec: $!"; }
            close STDIN; close STDOUT; waitpid $child, 0; exit($? ? 1 : 0);
            """;
        var invocation = new Invocation(mode, script)
        {
            Adjust = launch => launch with
            {
                Program = "/bin/sh",
                Arguments = ["-c", "ulimit -n 4096; exec setpriv --reuid 65532 --regid 65532 --clear-groups perl -e \"$0\" \"$@\"", holdPipes, launch.Program, .. launch.Arguments],
            },
        };
        foreach (int size in s_sizes)
            IsWhole(await invocation.AskAsync(RequestVariables.For("POST", script), new byte[size]), size);
    }

    private static void IsWhole(Response answer, int read)
    {
        Assert.True(answer is { BrokeOff: false, ExitCode: 0, Log: "" }, answer.ToString());
        Assert.True(answer.Body == $"read {read}\n{new string('x', Page)}", answer.ToString());
    }

    private static int ExpectedToRead(string reads, int size) => reads switch
    {
        "nothing" => 0,
        "half" => size / 2,
        _ => size,
    };

    private string ReadingScript(string reads) => Folder.Perl($$"""
        my ($read, $piece) = (0, '');
        my $wanted = {{(reads is "nothing" ? "0" : reads is "half" ? "int($ENV{CONTENT_LENGTH} / 2)" : reads is "all" ? "$ENV{CONTENT_LENGTH}" : "1 << 40")}};
        while ($read < $wanted) {
            my $count = sysread(STDIN, $piece, $wanted - $read < 65536 ? $wanted - $read : 65536);
            die "read: $!" unless defined $count;
            last unless $count;
            $read += $count;
        }
        print "Content-Type: text/plain\n\nread $read\n", 'x' x {{Page}};
        """);
}

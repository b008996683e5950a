using System.Text;

namespace Shims.ProgramTests;

/// <summary>A reply that broke off looks broken to the web server (ECONNRESET); a good one never does.</summary>
public sealed class TruthTests : ProgramTest
{
    /// <summary>Everything that can befall a script after its head has left.</summary>
    public static TheoryData<RunModeUnderTest, bool, string> Deaths
    {
        get
        {
            var data = new TheoryData<RunModeUnderTest, bool, string>();
            foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Supervise, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi])
                foreach (bool tcp in (bool[])[false, true])
                    foreach (string death in (string[])["kill -KILL $$", "kill -SEGV $$", "kill -TERM $$"])
                        data.Add(mode, tcp, death);
            return data;
        }
    }

    [Theory, MemberData(nameof(Deaths))]
    public async Task A_script_killed_by_a_signal_after_its_header_breaks_the_response_off(RunModeUnderTest mode, bool tcp, string death)
    {
        string script = Folder.Shell($"cat >/dev/null; printf 'Content-Type: text/plain\\n\\nhalf'; {death}");
        foreach (byte[] body in (byte[][])[[], new byte[10], new byte[100_000]])
        {
            Response answer = await new Invocation(mode, script) { Tcp = tcp }.AskAsync(RequestVariables.For("POST", script), body);
            Assert.True(answer.BrokeOff, answer.ToString());
            Assert.True(answer.LogLines.Count == 1, answer.ToString());
            Assert.Contains("signal", answer.LogLines[0], StringComparison.OrdinalIgnoreCase);
            if (mode.SpeaksFastCgi())
                Assert.False(answer.Records!.IsComplete, answer.ToString());
            // On a unix socket what was sent before the reset is still delivered.
            if (!tcp)
                Assert.Contains("half", Encoding.Latin1.GetString(answer.Bytes), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_death_in_wait_mode_breaks_that_response_off_and_no_other(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nhalf'; [ -z \"$QUERY_STRING\" ] || kill -KILL $$");
        foreach (bool tcp in (bool[])[false, true])
        {
            await using ListeningProgram program = new Invocation(mode, script) { Tcp = tcp }.Listen();
            Response[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
                program.AskAsync(RequestVariables.For("GET", script, query: number % 2 == 1 ? "die" : ""))));
            for (int number = 0; number < answers.Length; number++)
                Assert.True(answers[number].BrokeOff == (number % 2 == 1), $"{number}: {answers[number]}");
        }
    }

    [Theory]
    [InlineData(RunModeUnderTest.Plain, false), InlineData(RunModeUnderTest.Supervise, false), InlineData(RunModeUnderTest.Relay, false), InlineData(RunModeUnderTest.FastCgi, false), InlineData(RunModeUnderTest.Uwsgi, false)]
    [InlineData(RunModeUnderTest.Plain, true), InlineData(RunModeUnderTest.Supervise, true), InlineData(RunModeUnderTest.Relay, true), InlineData(RunModeUnderTest.FastCgi, true), InlineData(RunModeUnderTest.Uwsgi, true)]
    public async Task A_good_response_never_looks_broken(RunModeUnderTest mode, bool tcp)
    {
        string script = Folder.Script("script.cgi", File.ReadAllBytes("/bin/cat"));
        string reply = Folder.Write("reply", "Content-Type: text/plain\n\ngood");
        await using ListeningProgram program = new Invocation(mode, script) { Tcp = tcp, Arguments = [reply] }.Listen();
        byte[] body = new byte[300];
        int good = 0, requests = TestExtent.Of(300, 3_000);
        await Parallel.ForEachAsync(Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            Response answer = await program.AskAsync(RequestVariables.For(number % 2 == 0 ? "GET" : "POST", script), number % 2 == 0 ? default : body);
            Assert.True(answer is { Body: "good", BrokeOff: false }, $"{number}: {answer}");
            Interlocked.Increment(ref good);
        });
        Assert.Equal(requests, good);
        Assert.Equal("", program.Program.ErrorSoFar);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_good_response_to_one_connection_never_looks_broken(RunModeUnderTest mode)
    {
        string script = Folder.EchoScript();
        foreach (bool tcp in (bool[])[false, true])
        {
            for (int length = 0; length < 20; length += TestExtent.Of(3, 1))
            {
                Response answer = await new Invocation(mode, script) { Tcp = tcp }.AskAsync(RequestVariables.For("POST", script), new byte[length * length]);
                Assert.True(answer is { BrokeOff: false, ExitCode: 0, Log: "" } && answer.Reply.BodyBytes.Length == length * length, answer.ToString());
            }
        }
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task The_scripts_own_Content_Length_is_kept(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\nContent-Length: 100\\n\\nhalf'; kill -KILL $$");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.BrokeOff, answer.ToString());
        Assert.Equal("100", answer.Header("Content-Length"));
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task An_exit_code_of_1_is_not_a_failure(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nwhole'; exit 1");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "whole", BrokeOff: false, ExitCode: 0 }, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_script_that_reads_nothing_of_its_body_is_not_a_failure(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nwhole'");
        foreach (int length in (int[])[1, 200, 65_536, 300_000])
        {
            Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("POST", script), new byte[length]);
            Assert.True(answer is { Body: "whole", BrokeOff: false, ExitCode: 0, Log: "" }, $"{length}: {answer}");
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_killed_before_its_header_is_a_502_and_not_a_broken_response(RunModeUnderTest mode)
    {
        foreach (bool tcp in (bool[])[false, true])
        {
            string script = Folder.Shell("kill -KILL $$");
            Response answer = await new Invocation(mode, script) { Tcp = tcp }.AskAsync(RequestVariables.For("POST", script), new byte[1000]);
            Assert.True(answer is { Status: 502, BrokeOff: false, LogLines.Count: 1 }, answer.ToString());
        }
    }
}

using System.Text;

namespace Shims.ProgramTests;

/// <summary>Each length that a header might give, followed by any number of bytes, on each command line: a documented end, and never a signal.</summary>
public sealed class HeaderLengthTests : ProgramTest
{
    private const int LongestLength = 20, MostBytes = 60_000;

    /// <summary>How the program is started, and the options of that.</summary>
    public static TheoryData<RunModeUnderTest, string> CommandLines { get; } = new()
    {
        { RunModeUnderTest.Plain, "" }, { RunModeUnderTest.Ordinary, "" }, { RunModeUnderTest.Exec, "" },
        { RunModeUnderTest.Plain, "--env A=b" }, { RunModeUnderTest.Plain, "--allow-env HTTP_AUTHORIZATION" }, { RunModeUnderTest.Plain, "--stderr inherit" }, { RunModeUnderTest.Plain, "--cpu 10" }, { RunModeUnderTest.Plain, "--max-header 1K" },
        { RunModeUnderTest.Plain, "--timeout 10" }, { RunModeUnderTest.Plain, "--truthful" }, { RunModeUnderTest.Plain, "--status" }, { RunModeUnderTest.Plain, "--errors browser" }, { RunModeUnderTest.Plain, "--max 0" },
        { RunModeUnderTest.Supervise, "" }, { RunModeUnderTest.Relay, "" }, { RunModeUnderTest.FastCgi, "" },
    };

    /// <summary>The length as it is sent, and how many bytes follow its colon.</summary>
    private static List<(string Length, int Following)> Cases
    {
        get
        {
            List<int> following = [.. Enumerable.Range(0, 65)];
            for (int power = 128; power <= MostBytes; power *= 2)
                following.AddRange([power - 1, power, power + 1]);
            following.Add(MostBytes);
            return [.. from length in Enumerable.Range(0, LongestLength + 1) from zeros in (string[])["", "0", "00"] from count in following select ($"{zeros}{length}", count)];
        }
    }

    [Theory, MemberData(nameof(CommandLines)), Trait("fault", "C1")]
    public async Task A_length_that_no_header_can_have_ends_with_a_log_line_and_no_signal(RunModeUnderTest mode, string options)
    {
        var invocation = new Invocation(mode, Folder.MarkingScript()) { Options = options.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        // A step that shares no factor with the number of cases of one length; where it begins differs from command line to command line.
        int step = TestExtent.Of(ordinary: 311, whole: 1), first = TestExtent.Of(ordinary: 10 * (int)mode + options.Length, whole: 0);
        List<(string Length, int Following)> cases = Cases;
        await Parallel.ForEachAsync(Enumerable.Range(0, (cases.Count - first + step - 1) / step), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (index, _) =>
        {
            (string length, int following) = cases[first + index * step];
            await using Conversation conversation = invocation.Connect();
            await conversation.TrySendAsync((byte[])[.. Encoding.ASCII.GetBytes(length + ":"), .. Enumerable.Repeat((byte)'A', following)]);
            conversation.Connection.EndSending();
            LaunchResult result = (await conversation.FinishRawAsync()).Result;
            Assert.True(result is { ExitCode: 76, Signal: 0 }, $"{length}: and {following} bytes: exit {result.ExitCode}, signal {result.Signal}: {result.ErrorText}");
            Assert.Single(result.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        });
        Assert.False(Folder.HasRun);
    }
}

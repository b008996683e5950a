namespace Shims.ProgramTests;

/// <summary>A resident program under a mix of all that visitors, web servers and scripts do, good and bad: what it keeps for itself does not grow.</summary>
public sealed class SoakTests : ProgramTest
{
    /// <summary>How often the memory is looked at.</summary>
    private const int Looks = 10;

    /// <summary>Bytes by which two looks at the same program may differ: pages of the heap that are in use by chance.</summary>
    private const long Spread = 1 << 20;

    public static TheoryData<RunModeUnderTest> Resident => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi];

    [Theory, MemberData(nameof(Resident))]
    [Trait("fault", "N5")]
    public async Task Memory_at_rest_does_not_rise_under_a_mix(RunModeUnderTest mode)
    {
        Func<ListeningProgram, Task>[] mix = Mix(mode);
        await using ListeningProgram program = new Invocation(mode, Folder.Target) { Options = ["--stderr", "null"] }.Listen();
        var looks = new List<long>();
        for (int look = 0; look < Looks; look++)
        {
            await Parallel.ForAsync(0, TestExtent.Of(4, 10_000) * mix.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) => await mix[number % mix.Length](program));
            await program.SettledAsync();
            looks.Add(program.Program.PrivateMemory);
        }
        // What the first looks see is still being warmed up.
        long early = looks[(Looks / 2) - 1], late = looks.Skip(Looks / 2).Max();
        Assert.True(late <= early + Spread, string.Join(' ', looks));
    }

    private Func<ListeningProgram, Task>[] Mix(RunModeUnderTest mode)
    {
        string small = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'", "small.cgi");
        string large = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; head -c 300000 /dev/zero", "large.cgi");
        string reader = Folder.Shell("cat >/dev/null; printf 'Content-Type: text/plain\\n\\nserved'", "reader.cgi");
        string noisy = Folder.Shell("head -c 20000 /dev/zero | tr '\\0' x >&2; printf 'Content-Type: text/plain\\n\\nserved'", "noisy.cgi");
        string failing = Folder.Shell("echo wrong >&2; exit 3", "failing.cgi");
        string missing = Folder.PathTo("missing.cgi");
        byte[] little = new byte[500], much = new byte[200_000];
        return
        [
            program => AskAsync(program, small, default),
            program => AskAsync(program, large, default),
            program => AskAsync(program, reader, little),
            program => AskAsync(program, reader, much),
            program => AskAsync(program, small, much),
            program => AskAsync(program, noisy, default),
            program => AskAsync(program, failing, default),
            program => AskAsync(program, missing, little),
            program => LeaveAsync(program, mode, large, all: true),
            program => LeaveAsync(program, mode, reader, all: false),
        ];
    }

    private static async Task AskAsync(ListeningProgram program, string script, byte[]? body) =>
        await program.AskAsync(RequestVariables.For(body is null ? "GET" : "POST", script), body);

    /// <summary>A visitor who goes before the answer has come, or before all of the request has.</summary>
    private static async Task LeaveAsync(ListeningProgram program, RunModeUnderTest mode, string script, bool all)
    {
        await using Conversation conversation = await program.ConnectAsync();
        RequestVariables variables = RequestVariables.For("POST", script);
        byte[] request = mode.Encode(variables, new byte[1000]);
        await conversation.TrySendAsync(all ? request : request.AsMemory(0, request.Length / 2));
        await Task.Yield();
    }
}

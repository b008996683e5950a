using System.Globalization;

namespace Shims.ProgramTests;

/// <summary>The event loops of a program in wait mode: one until several clients come at a time, then some more.</summary>
public sealed class LoopTests : ProgramTest
{
    private string ServingScript => Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task One_client_at_a_time_is_served_without_further_threads_and_several_with(RunModeUnderTest mode)
    {
        Gate gate = Folder.Gate();
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await AskAsync(program, script);
        int alone = Threads(program);
        for (int i = 0; i < 10; i++)
            await AskAsync(program, script);
        Assert.Equal(alone, Threads(program));

        Task<Response> slow = program.AskAsync(RequestVariables.For("GET", script, query: "slow"));
        await witness.LineAsync();
        await AskAsync(program, script);
        Assert.InRange(Threads(program), alone + 1, alone + 8);
        await gate.OpenAsync();
        Assert.Equal("served", (await slow).Body);
    }

    /// <summary>A script that is being started shares memory with one loop, while another loop collects the garbage of both.</summary>
    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Several_loops_that_collect_garbage_all_the_time_answer_each_of_many_clients_and_lose_nothing(RunModeUnderTest mode)
    {
        const int clients = 16;
        int requests = TestExtent.Of(500, 10_000);
        string script = ServingScript;
        // The smallest youngest generation that the runtime takes, in hexadecimal: a collection every few requests.
        await using ListeningProgram program = new Invocation(mode, script) { Environment = ["DOTNET_GCgen0size=10000"] }.Listen();
        async Task AskAllAsync(int count) =>
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = clients }, async (_, _) => await AskAsync(program, script));
        await AskAllAsync(10 * clients);
        int descriptors = await program.SettledAsync(), threads = Threads(program);
        await AskAllAsync(requests);
        // No script is left, neither running nor unburied; and the loops are those of before.
        await program.ComesDownToAsync(descriptors);
        Assert.Equal(threads, Threads(program));
        program.Program.Signal(15);
        LaunchResult end = await program.Program.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0, ""), (end.ExitCode, end.Signal, end.ErrorText));
    }

    private static async Task AskAsync(ListeningProgram program, string script)
    {
        Response answer = await program.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "served", BrokeOff: false }, answer.ToString());
    }

    private static int Threads(ListeningProgram program) => Directory.GetDirectories($"/proc/{program.Program.ProcessId.ToString(CultureInfo.InvariantCulture)}/task").Length;
}

using System.Collections.Concurrent;

namespace Shims.ProgramTests;

/// <summary>A process that ends under load loses nothing, and its successor runs nothing a second time.</summary>
public sealed class RestartTests : ProgramTest
{
    /// <summary>Services that are restarted side by side, where a restart takes a second.</summary>
    private static readonly int s_lanes = TestExtent.Of(4, 10);

    private readonly ConcurrentDictionary<string, bool> _answered = new();
    private readonly ConcurrentDictionary<string, bool> _served = new();
    private int _requests;

    private string RunsPath => Folder.PathTo("runs");

    /// <summary>Both programs, and scgi-run as it relays.</summary>
    public static TheoryData<RunModeUnderTest> Listening => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi];

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "N1")]
    public async Task Restarts_by_SIGTERM_under_load_lose_nothing_and_run_nothing_twice(RunModeUnderTest mode)
    {
        string script = CountingScript();
        await using var superServer = new SuperServer(new Invocation(mode, script).Launch, Folder.PathTo("socket"));
        await UnderLoadAsync(mode, script, superServer, clients: 4, async () =>
        {
            for (int restarts = 0; restarts < TestExtent.Of(20, 1000); restarts++)
            {
                await SomeAreServedAsync();
                int starts = superServer.Starts;
                superServer.Program.Signal(15);
                await Patience.UntilAsync(() => superServer.Starts > starts, "the next process");
            }
        });
    }

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "N1")]
    public async Task Restarts_by_a_new_program_under_load_lose_nothing_and_run_nothing_twice(RunModeUnderTest mode)
    {
        string script = CountingScript();
        byte[] program = File.ReadAllBytes(mode.Program());
        await Task.WhenAll(Enumerable.Range(0, s_lanes).Select(async lane =>
        {
            Folder.MakeFolder($"lane{lane}");
            string name = $"lane{lane}/{mode.ProgramName()}", installed = Folder.Script(name, program);
            await using var superServer = new SuperServer(new Invocation(mode, script).Launch with { Program = installed }, Folder.PathTo($"lane{lane}/socket"));
            await UnderLoadAsync(mode, script, superServer, clients: 1, async () =>
            {
                while (superServer.Starts <= TestExtent.Of(20, 1000) / s_lanes)
                {
                    // Only a process that serves has looked at its own file.
                    string served = superServer.Address + superServer.Starts;
                    await Patience.UntilAsync(() => _served.ContainsKey(served), "the process to serve");
                    int starts = superServer.Starts;
                    File.Move(Folder.Script(name + ".new", program), installed, overwrite: true);
                    await Patience.UntilAsync(() => superServer.Starts > starts, "the next process");
                }
            });
        }));
    }

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "N1")]
    public async Task A_process_that_ends_for_want_of_work_loses_no_request_of_a_connection_it_has_just_taken(RunModeUnderTest mode)
    {
        string script = CountingScript();
        await Task.WhenAll(Enumerable.Range(0, s_lanes * 2).Select(async lane =>
        {
            await using var superServer = new SuperServer(new Invocation(mode, script) { Options = ["--idle", "1"] }.Launch, Folder.PathTo($"socket{lane}"));
            while (superServer.Starts <= TestExtent.Of(20, 1000) / (s_lanes * 2))
            {
                await AskAsync(mode, script, superServer.Address, pause: 0);
                // It has been idle for a second when the connection is there and the request is not.
                await AskAsync(mode, script, superServer.Address, pause: Random.Shared.Next(900, 1200));
            }
        }));
        await EachHasRunOnceAsync();
    }

    /// <summary>Says who it was asked by, and writes it down.</summary>
    private string CountingScript() => Folder.Shell($"echo $QUERY_STRING >> {RunsPath}; printf 'Content-Type: text/plain\\n\\n%s' $QUERY_STRING");

    /// <summary>Does something while clients ask, each of which pauses between connecting and writing.</summary>
    private async Task UnderLoadAsync(RunModeUnderTest mode, string script, SuperServer superServer, int clients, Func<Task> act)
    {
        using var over = new CancellationTokenSource();
        Task[] asking = [.. Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                int before = superServer.Starts;
                await AskAsync(mode, script, superServer.Address, Random.Shared.Next(0, 3));
                if (superServer.Starts == before) _served[superServer.Address + before] = true; } }))];
        // Whoever fails first says why.
        Task acting = act();
        await Task.WhenAny([acting, .. asking]);
        if (acting.IsCompleted)
            await over.CancelAsync();
        await Task.WhenAll([.. asking.Where(task => task.IsFaulted), acting]);
        await Task.WhenAll(asking);
        await EachHasRunOnceAsync();
        Assert.All(superServer.Ends, end => Assert.Equal("", end.ErrorText));
    }

    private async Task AskAsync(RunModeUnderTest mode, string script, string address, int pause)
    {
        string id = $"{Interlocked.Increment(ref _requests)}";
        await using var conversation = new Conversation(mode, await Connection.OpenAsync(address), null);
        if (pause > 0)
            await Task.Delay(pause);
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script, query: id));
        Assert.True(answer.Body == id && !answer.BrokeOff, $"{id}: {answer}");
        _answered[id] = true;
    }

    private Task SomeAreServedAsync()
    {
        int before = _answered.Count;
        return Patience.UntilAsync(() => _answered.Count >= before + 4, "requests to be served");
    }

    private async Task EachHasRunOnceAsync()
    {
        // Before the look at what has run, since other lanes go on meanwhile.
        HashSet<string> answered = [.. _answered.Keys];
        string[] runs = await File.ReadAllLinesAsync(RunsPath);
        string[] twice = [.. runs.GroupBy(id => id).Where(same => same.Count() > 1).Select(same => same.Key)];
        Assert.True(twice.Length == 0, $"run more than once: {string.Join(' ', twice)}");
        Assert.Subset(runs.ToHashSet(), answered);
    }
}

using System.Collections.Concurrent;
using System.Text;

namespace Shims.ProgramTests;

/// <summary>A planned restart of a gateway that owns its socket, under load: no request of a connection that came about is lost, and none runs twice.</summary>
public sealed class OwnRestartTests : ProgramTest
{
    private const int Clients = 8;

    private readonly ConcurrentQueue<string> _answered = new();
    private int _requests;

    private string RunsPath => Folder.PathTo("runs");

    /// <summary>Each program, and scgi-run as it relays.</summary>
    public static TheoryData<RunModeUnderTest> Listening => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi];

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "N1")]
    public Task Restarts_on_a_unix_socket_lose_no_POST_and_run_none_twice(RunModeUnderTest mode) =>
        RestartAsync(mode, Folder.PathTo("own.sock"), TestExtent.Of(10, 500));

    [Theory, MemberData(nameof(Listening))]
    [Trait("fault", "N1")]
    public Task Restarts_on_a_port_lose_no_POST_and_run_none_twice(RunModeUnderTest mode) =>
        RestartAsync(mode, $"127.0.0.1:{FreePort.Next()}", TestExtent.Of(3, 50));

    private async Task RestartAsync(RunModeUnderTest mode, string address, int restarts)
    {
        // The id is the body: it has come in whole, or it is not the id.
        string script = Folder.Shell($"id=$(cat); echo $id >> {RunsPath}; printf 'Content-Type: text/plain\\n\\n%s' $id");
        var invocation = new Invocation(mode, script);
        OwnListener program = await OwnListener.ListenAsync(invocation, address);
        using var over = new CancellationTokenSource();
        Task[] asking = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskOnAndOnAsync(mode, script, address, over.Token)))];
        try
        {
            for (int i = 0; i < restarts; i++)
            {
                int before = _answered.Count;
                await Patience.UntilAsync(() => _answered.Count >= before + 2 * Clients || asking.Any(task => task.IsFaulted), "requests to be served");
                LaunchResult end = await program.EndAsync();
                Assert.Equal((0, ""), (end.ExitCode, end.ErrorText));
                await program.DisposeAsync();
                program = OwnListener.Start(invocation, address);
            }
            await over.CancelAsync();
            await Task.WhenAll(asking);
            Assert.Equal(_answered.Order(StringComparer.Ordinal), (await File.ReadAllLinesAsync(RunsPath, TestContext.Current.CancellationToken)).Order(StringComparer.Ordinal));
        }
        finally
        {
            await over.CancelAsync();
            await program.DisposeAsync();
        }
    }

    /// <summary>A connect that is refused between two processes is tried again; a connection that came about is answered.</summary>
    private async Task AskOnAndOnAsync(RunModeUnderTest mode, string script, string address, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            string id = $"{Interlocked.Increment(ref _requests)}";
            await using var conversation = new Conversation(mode, await OwnListener.ReachAsync(address, () => null), null);
            Response answer = await conversation.ExchangeAsync(RequestVariables.For("POST", script), Encoding.ASCII.GetBytes(id));
            Assert.True(answer.Body == id && !answer.BrokeOff, $"{id}: {answer}");
            _answered.Enqueue(id);
        }
    }
}

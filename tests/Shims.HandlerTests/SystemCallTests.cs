using System.Text.RegularExpressions;

namespace Shims.HandlerTests;

/// <summary>What a request costs a handler that stays: system calls of all its threads, as strace writes them down, with four clients at once.</summary>
/// <remarks>Nothing else may keep the processors busy: a handler that has to wait for one looks slow, and then other threads help.</remarks>
[Trait("machine", "idle")]
public sealed partial class SystemCallTests : IDisposable
{
    private const int Clients = 4, Together = 40;

    /// <summary>Requests that are counted together, and how often that is tried.</summary>
    private const int Requests = 200, Tries = 8, Processes = 8;

    private const int Continue = 18, Stop = 19;

    private static readonly byte[] s_scgi = new HandlerRequest(Wire.Scgi, "write hello").Encode(), s_fastCgi = FastCgiClient.Encode(new HandlerRequest(Wire.FastCgi, "write hello").Variables, keepConnection: true);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <remarks>FastCGI: waiting, looking at the records, taking them, sending. SCGI: waiting, accepting, two looks, sending, reading to the end, closing.</remarks>
    [Theory]
    [InlineData(Wire.FastCgi, 4), InlineData(Wire.Scgi, 8)]
    public async Task A_small_request_takes_few_system_calls_and_no_other_thread(Wire wire, int most)
    {
        Requires.Tools("strace");
        string[] calls = [];
        // A handler that has looked slow may stay with its helpers under strace: then another process is asked.
        for (int i = 0; i < Processes && !IsCheap(calls, most); i++)
            calls = await OneProcessAsync(wire, most, _folder.PathTo($"calls{i}"));
        Assert.True(IsCheap(calls, most), string.Join('\n', calls.GroupBy(call => CallName().Match(call).Groups[2].Value).OrderByDescending(group => group.Count()).Select(group => $"{(double)group.Count() / Requests:F2} {group.Key}")));
    }

    private static async Task<string[]> OneProcessAsync(Wire wire, int most, string log)
    {
        await using ListeningHandler handler = ListeningHandler.Start(new Launch { Program = Tool.PathOf("strace"), Arguments = ["-f", "-D", "-o", log, HandlerRequest.Program] }.WithEnvironment());
        FastCgiClient[] kept = [.. await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ => new FastCgiClient(await handler.ConnectAsync())))];
        Task AskAsync(int requests) => wire == Wire.FastCgi ? AskOnKeptAsync(kept, requests / Clients) : AskOnNewAsync(handler, requests);
        string[] calls = await CallsOfAsync(AskAsync, log, 0);
        int seen = calls.Length;
        // On a busy machine handlers look slow now and then, and then others help for a while: what counts is a number of requests that had nothing of that.
        for (int i = 1; i <= Tries && !IsCheap(calls, most); i++)
            seen += (calls = await CallsOfAsync(AskAsync, log, seen, i)).Length;
        foreach (FastCgiClient client in kept)
            client.Dispose();
        return calls;
    }

    /// <summary>Not more calls than there may be, and next to none that wakes or awaits another thread among those of the threads that serve. The thread that looks after them does not serve.</summary>
    private static bool IsCheap(string[] calls, int most)
    {
        string[] serving = [.. calls.Where(call => call.Contains(" sendto(", StringComparison.Ordinal)).Select(ThreadOf).Distinct()];
        int handOvers = calls.Count(call => serving.Contains(ThreadOf(call)) && HandOverCall().IsMatch(call));
        return calls.Length > 0 && calls.Length <= most * Requests && handOvers <= Requests / 20;
    }

    private static async Task<string[]> CallsOfAsync(Func<int, Task> ask, string log, int seen, int asked = 0)
    {
        await ask(Requests);
        return (await CallsAfterAsync(log, Requests * (asked + 1)))[seen..];
    }

    /// <summary>On kept connections, each by itself.</summary>
    private static Task AskOnKeptAsync(FastCgiClient[] clients, int requests) => Task.WhenAll(clients.Select(async client =>
    {
        for (int i = 0; i < requests; i++)
        {
            // In one piece, as web servers send it.
            await client.Connection.SendAsync(s_fastCgi);
            Assert.Equal("hello", (await client.ReceiveReplyAsync()).Reply.Body);
        }
    }));

    /// <summary>Each on a connection of its own, with the whole request there when the program sees it.</summary>
    private static async Task AskOnNewAsync(ListeningHandler handler, int requests)
    {
        for (int i = 0; i < requests; i += Together)
        {
            handler.Program.Signal(Stop);
            var connections = new List<Connection>();
            for (int next = 0; next < Together; next++)
            {
                connections.Add(await handler.ConnectAsync());
                await connections[^1].SendAsync(s_scgi);
            }
            handler.Program.Signal(Continue);
            foreach (Connection connection in connections)
            {
                Assert.Equal("hello", (await connection.ReceiveToEndAsync()).Reply.Body);
                connection.Dispose();
            }
        }
    }

    /// <summary>The calls up to the last of so many responses.</summary>
    private static async Task<string[]> CallsAfterAsync(string log, int responses)
    {
        string[] lines = [];
        await Patience.UntilAsync(() => (lines = File.ReadAllLines(log)).Count(line => line.Contains(" sendto(", StringComparison.Ordinal)) >= responses, "the log of the last response");
        return [.. lines.Where(line => CallName().IsMatch(line))];
    }

    private static string ThreadOf(string call) => CallName().Match(call).Groups[1].Value;

    [GeneratedRegex(@"^(\d+) +(\w+)\(")]
    private static partial Regex CallName();

    [GeneratedRegex(@"^\d+ +(?:futex|sched_yield)\(")]
    private static partial Regex HandOverCall();
}

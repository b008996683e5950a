using System.Text.RegularExpressions;

namespace Shims.HandlerTests;

/// <summary>What a request costs a handler that stays: system calls of all its threads, as strace writes them down, with four clients at once.</summary>
public sealed partial class SystemCallTests : IDisposable
{
    private const int Clients = 4;

    /// <summary>Of each client: first until everything has been done once, then those that are counted.</summary>
    private const int WarmUp = 100, Requests = 250;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <remarks>FastCGI: waiting, looking at the records, taking them, sending. SCGI: waiting, accepting, two looks, watching, sending, reading to the end, closing.</remarks>
    [Theory]
    [InlineData(Wire.FastCgi, 4), InlineData(Wire.Scgi, 8)]
    public async Task A_small_request_takes_few_system_calls_and_no_other_thread(Wire wire, int most)
    {
        Requires.Tools("strace");
        string log = _folder.PathTo("calls");
        await using ListeningHandler handler = ListeningHandler.Start(new Launch { Program = Tool.PathOf("strace"), Arguments = ["-f", "-D", "-o", log, Ask.Program] }.WithEnvironment());
        FastCgiClient[] kept = [.. await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ => new FastCgiClient(await handler.ConnectAsync())))];
        await AskAsync(handler, kept, wire, WarmUp);
        int before = (await CallsAfterAsync(log, Clients * WarmUp)).Length;
        await AskAsync(handler, kept, wire, Requests);
        string[] calls = (await CallsAfterAsync(log, Clients * (WarmUp + Requests)))[before..];
        foreach (FastCgiClient client in kept)
            client.Dispose();

        string Counts() => string.Join('\n', calls.GroupBy(call => CallName().Match(call).Groups[2].Value).OrderByDescending(group => group.Count()).Select(group => $"{(double)group.Count() / (Clients * Requests):F2} {group.Key}"));
        Assert.True(calls.Length <= most * Clients * Requests, Counts());
        // The thread that looks after the others is none of those that serve. Now and then a busy machine keeps a handler so long that another thread goes on with the loop.
        string[] serving = [.. calls.Where(call => call.Contains(" sendto(", StringComparison.Ordinal)).Select(ThreadOf).Distinct()];
        int handOvers = calls.Count(call => serving.Contains(ThreadOf(call)) && HandOverCall().IsMatch(call));
        Assert.True(handOvers <= Clients * Requests / 20, Counts());
    }

    private static Task AskAsync(ListeningHandler handler, FastCgiClient[] kept, Wire wire, int requests) => Task.WhenAll(kept.Select(async client =>
    {
        var ask = new Ask(wire, "write hello");
        for (int i = 0; i < requests; i++)
        {
            if (wire == Wire.Scgi)
            {
                Assert.Equal("hello", (await handler.AskAsync(ask)).Body);
                continue;
            }
            // In one piece, as web servers send it.
            await client.Connection.SendAsync(FastCgiClient.Encode(ask.Variables, keepConnection: true));
            Assert.Equal("hello", (await client.ReceiveReplyAsync()).Reply.Body);
        }
    }));

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

using System.Text.RegularExpressions;

namespace Shims.AspNetTests;

/// <summary>What a request costs a resident app: system calls of the thread that answers, as strace writes them down.</summary>
public sealed partial class SystemCallTests : IDisposable
{
    /// <summary>Requests that are counted together, and how often that is tried: an app for which all is new, or a busy machine, looks slow.</summary>
    private const int Requests = 100, Tries = 40;

    private readonly TemporaryFolder _folder = new();

    private string Calls => _folder.PathTo("calls");

    public void Dispose() => _folder.Dispose();

    /// <remarks>Waiting, looking at the records, taking them, sending.</remarks>
    [Fact]
    public async Task A_small_request_on_a_kept_connection_takes_few_system_calls_and_wakes_no_other_thread()
    {
        Requires.Tools("strace");
        string address = _folder.PathTo("s");
        Launch launch = App.Launch("Logging__LogLevel__Default=None");
        await using LaunchedProgram program = App.StartWait(launch with { Program = Tool.PathOf("strace"), Arguments = ["-f", "-D", "-o", Calls, launch.Program] }, address);
        using var client = new FastCgiClient(await Connection.OpenAsync(address));
        string[] calls = [];
        int seen = 0;
        for (int i = 1; i <= Tries && !IsCheap(calls); i++)
        {
            await AskAsync(client);
            calls = await CallsAfterAsync(i * Requests);
            (seen, calls) = (calls.Length, ServingIn(calls[seen..]));
        }
        Assert.True(IsCheap(calls), string.Join('\n', calls.GroupBy(static call => CallName().Match(call).Groups[2].Value).OrderByDescending(static group => group.Count()).Select(static group => $"{(double)group.Count() / Requests:F2} {group.Key}")));
    }

    private static async Task AskAsync(FastCgiClient client)
    {
        byte[] request = FastCgiClient.Encode(new AppRequest(Wire.FastCgi, "/hello/you").Variables.ForFastCgi(0), keepConnection: true);
        for (int i = 0; i < Requests; i++)
        {
            // In one piece, as web servers send it.
            await client.Connection.SendAsync(request);
            Assert.Equal("Hello you", (await client.ReceiveReplyAsync()).Reply.Body);
        }
    }

    private static bool IsCheap(string[] calls) => calls.Length is > 0 and <= 5 * Requests && calls.Count(static call => WakingCall().IsMatch(call)) <= Requests / 10;

    /// <summary>The calls of the threads that send responses.</summary>
    private static string[] ServingIn(string[] calls)
    {
        string[] serving = [.. calls.Where(static call => call.Contains(" sendto(", StringComparison.Ordinal)).Select(ThreadOf).Distinct()];
        return [.. calls.Where(call => serving.Contains(ThreadOf(call)))];
    }

    /// <summary>The calls up to the last of so many responses.</summary>
    private async Task<string[]> CallsAfterAsync(int responses)
    {
        string[] lines = [];
        await Patience.UntilAsync(() => (lines = File.ReadAllLines(Calls)).Count(static line => line.Contains(" sendto(", StringComparison.Ordinal)) >= responses, "the log of the last response");
        return [.. lines.Where(static line => CallName().IsMatch(line))];
    }

    private static string ThreadOf(string call) => CallName().Match(call).Groups[1].Value;

    [GeneratedRegex(@"^(\d+) +(\w+)\(")]
    private static partial Regex CallName();

    /// <summary>Of a thread that waits, or of the loop.</summary>
    [GeneratedRegex(@"^\d+ +(?:futex|sched_yield|write)\(")]
    private static partial Regex WakingCall();
}

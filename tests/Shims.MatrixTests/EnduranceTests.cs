namespace Shims.MatrixTests;

/// <summary>What only shows after many requests. The good end of a reply must never look like a broken one, and nothing may be left of it.</summary>
public sealed class EnduranceTests
{
    private static readonly int s_requests = Cells.Full ? 10_000 : TestExtent.Of(500, 10_000);

    public static TheoryData<string> Rows =>
        [.. Cells.Full ? new[] { "nginx-scgi", "nginx-fcgi-keep", "nginx-scgi-tcp", "nginx-fcgi-tcp", "apache-scgi", "apache-fcgi-reuse" } : ["nginx-scgi", "nginx-fcgi-keep"]];

    [Theory, MemberData(nameof(Rows))]
    public async Task Many_good_replies_produce_no_reset_and_leave_no_descriptor(string row)
    {
        Front front = Fronts.Named(row);
        Requires.Tools(front.Product.Program);
        await using RunningFront running = await RunningFront.StartAsync(front, RunningFronts.Scripts);
        Backend backend = running.Backend!;
        await SendAsync(running, 100);
        // Not counted: connections that the web server keeps for the next request.
        int before = await LeastAsync(backend, allowed: int.MaxValue);

        IReadOnlyList<ScriptReply> replies = await SendAsync(running, s_requests);
        Assert.All(replies, reply => Assert.Equal((200, "A page: x\n", true), (reply.Status, reply.Body, reply.IsComplete)));
        Assert.DoesNotContain("reset by peer", running.Log);
        Assert.Equal("", backend.Log);
        Assert.InRange(await LeastAsync(backend, before + KeptConnections), 0, before + KeptConnections);
    }

    /// <summary>More connections than before may be kept: nginx keeps 4 for each of its workers, Apache one for each of its threads, of which it starts 50.</summary>
    private const int KeptConnections = 64;

    private static Task<IReadOnlyList<ScriptReply>> SendAsync(RunningFront front, int count) =>
        Load.RunAsync(count, 8, () => front.Browser.GetAsync("/cgi-bin/page.cgi?x"));

    /// <summary>The program's descriptors, once they are as few as allowed: the last connections take a moment to close.</summary>
    private static async Task<int> LeastAsync(Backend backend, int allowed)
    {
        await Patience.UntilAsync(() => backend.OpenDescriptors <= allowed, $"the program has at most {allowed} descriptors, and not {backend.OpenDescriptors}");
        return backend.OpenDescriptors;
    }
}

using System.Security.Cryptography;

namespace Shims.HandlerTests;

/// <summary>A body of any size costs no memory.</summary>
public sealed class MemoryTests
{
    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_large_upload_takes_little_memory(Wire wire)
    {
        byte[] body = new byte[TestExtent.Of(80_000_000, 200_000_000)];
        RandomNumberGenerator.Fill(body.AsSpan(0, 1_000_000));
        Response answer = await new HandlerRequest(wire, "md5", "peak") { Method = "POST", Body = body }.SendAsync();
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.StartsWith(Convert.ToHexStringLower(MD5.HashData(body)), answer.Body);
        long peak = long.Parse(answer.Body.Split("VmHWM:")[1].Trim().Split(' ')[0]);
        Assert.InRange(peak, 1, 40_000);
    }

    [Fact, Trait("fault", "L4")]
    public async Task A_resident_handler_stays_small_however_many_requests_it_has_served()
    {
        await using ListeningHandler handler = ListeningHandler.Start();
        int count = TestExtent.Of(4_000, 150_000);
        long first = 0;
        for (int i = 0; i < count; i++)
        {
            await handler.AskAsync(new HandlerRequest(Wire.Scgi, "litter"));
            if (i == 500)
                first = await KeptAsync(handler);
        }
        Assert.InRange(await KeptAsync(handler), 1, first + 12_000);
    }

    /// <summary>What the process keeps for itself, kB.</summary>
    private static async Task<long> KeptAsync(ListeningHandler handler) =>
        long.Parse((await handler.AskAsync(new HandlerRequest(Wire.Scgi, "kept"))).Body.Split("Private_Dirty:")[1].Trim().Split(' ')[0]);
}

using System.Security.Cryptography;
using Shims.Testing;

namespace Shims.HandlerTests;

/// <summary>A body of any size costs no memory.</summary>
public sealed class MemoryTests
{
    [Theory, MemberData(nameof(Wires.Connected), MemberType = typeof(Wires))]
    public async Task A_large_upload_takes_little_memory(Wire wire)
    {
        byte[] body = new byte[200_000_000];
        RandomNumberGenerator.Fill(body.AsSpan(0, 1_000_000));
        Answer answer = await new Ask(wire, "md5", "peak") { Method = "POST", Body = body }.SendAsync();
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.StartsWith(Convert.ToHexStringLower(MD5.HashData(body)), answer.Body);
        long peak = long.Parse(answer.Body.Split("VmHWM:")[1].Trim().Split(' ')[0]);
        Assert.InRange(peak, 1, 40_000);
    }
}

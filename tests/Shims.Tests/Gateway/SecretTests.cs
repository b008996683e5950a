using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

public sealed class SecretTests
{
    [Fact]
    public void Only_the_same_secret_is_the_same()
    {
        var secret = new Secret("open sesame"u8);
        Assert.True(secret.Is("open sesame"u8));
        foreach (string other in new[] { "", "open sesam", "open sesame ", "Open sesame", "open sesame\0", "open sesamf", new string('a', 1024), new string('a', 1025), new string('a', 70_000) })
            Assert.False(secret.Is(Latin1.Bytes(other)));
    }

    [Fact]
    public void The_longest_secret_is_compared_to_its_last_byte()
    {
        byte[] longest = [.. Enumerable.Repeat((byte)'x', Secret.MaxLength)];
        var secret = new Secret(longest);
        Assert.True(secret.Is(longest));
        Assert.False(secret.Is([.. longest[..^1], (byte)'y']));
        Assert.False(secret.Is([.. longest, (byte)'x']));
        Assert.False(secret.Is([.. longest, .. longest]));
    }
}

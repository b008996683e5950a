using Shims.Buffers;

namespace Shims.Tests.Buffers;

public sealed class BoundedPrefixTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void A_bounded_prefix_keeps_the_beginning_up_to_the_bound_however_it_comes_in(int step)
    {
        byte[] whole = [.. Enumerable.Range(0, 50).Select(static i => (byte)i)];
        var kept = new BoundedPrefix(20);
        for (int at = 0; at < whole.Length; at += step)
            kept.Add(whole.AsSpan(at, Math.Min(step, whole.Length - at)));
        Assert.Equal(whole[..20], kept.Bytes.ToArray());
        Assert.Equal(50, kept.Total);
    }

    [Fact]
    public void A_bounded_prefix_is_empty_before_anything_came()
    {
        var kept = new BoundedPrefix(20);
        kept.Add(default);
        Assert.True(kept.Bytes.IsEmpty);
    }
}

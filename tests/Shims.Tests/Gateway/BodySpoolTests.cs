using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

/// <summary>The spool makes an unlinked temporary file of its own once its memory is full.</summary>
public sealed class BodySpoolTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public void A_body_spool_gives_back_what_was_added()
    {
        using var spool = new BodySpool();
        Assert.True(spool.IsEmpty);
        Assert.True(spool.Front().IsEmpty);
        Assert.True(spool.Add("abc"u8));
        Assert.True(spool.Add(default));
        Assert.True(spool.Add("de"u8));
        Assert.False(spool.IsComplete);
        spool.Complete();
        Assert.True(spool.IsComplete);
        Assert.Equal(5, spool.Received);
        Assert.Equal("abcde", Latin1.Text(spool.Front()));
        spool.Remove(4);
        Assert.Equal("e", Latin1.Text(spool.Front()));
        spool.Remove(1);
        Assert.True(spool.IsEmpty);
        Assert.True(spool.Front().IsEmpty);
    }

    [Fact]
    public void A_body_spool_gives_back_every_size_of_body_with_its_memory_at_and_past_the_limit()
    {
        foreach (int size in new[] { Limits.BodyInMemory - 1, Limits.BodyInMemory, Limits.BodyInMemory + 1, 2 * Limits.BodyInMemory, 2 * Limits.BodyInMemory + 1, 3 * Megabyte })
        {
            byte[] body = new Pseudorandom((ulong)size).Bytes(size);
            using var spool = new BodySpool();
            Assert.True(spool.Add(body));
            Assert.Equal(size, spool.Received);
            Assert.True(Drain(spool).AsSpan().SequenceEqual(body), $"{size} bytes");
            Assert.True(spool.IsEmpty);
        }
    }

    [Fact]
    public void A_body_spool_gives_back_the_same_bytes_under_any_order_of_adding_and_removing()
    {
        var random = new Pseudorandom(7);
        byte[] body = random.Bytes(8 * Megabyte);
        using var spool = new BodySpool();
        int added = 0, removed = 0;
        while (removed < body.Length)
        {
            // Long phases of filling and of emptying, so that the file is filled, read to its end, and filled again.
            bool isFilling = (added / (3 * Megabyte) + removed / Megabyte) % 2 == 0;
            if (added < body.Length && (isFilling || removed == added))
            {
                int count = Math.Min(1 + random.Below(90_000), body.Length - added);
                Assert.True(spool.Add(body.AsSpan(added, count)));
                added += count;
            }
            else
            {
                ReadOnlySpan<byte> front = spool.Front();
                Assert.False(front.IsEmpty);
                int count = 1 + random.Below(front.Length);
                Assert.True(front[..count].SequenceEqual(body.AsSpan(removed, count)), $"at {removed}");
                spool.Remove(count);
                removed += count;
            }
            Assert.Equal(added == removed, spool.IsEmpty);
        }
        Assert.Equal(body.Length, spool.Received);
    }

    [Fact]
    public void A_body_spool_drops_an_unread_body_and_still_counts_it()
    {
        using var spool = new BodySpool();
        spool.Add(new byte[Megabyte]);
        spool.Discard();
        Assert.True(spool.IsEmpty);
        Assert.True(spool.Front().IsEmpty);
        Assert.True(spool.Add(new byte[Megabyte]));
        Assert.True(spool.IsEmpty);
        Assert.Equal(2 * Megabyte, spool.Received);
        spool.Discard();
    }

    private static byte[] Drain(BodySpool spool)
    {
        var body = new MemoryStream();
        while (!spool.Front().IsEmpty)
        {
            ReadOnlySpan<byte> front = spool.Front();
            body.Write(front);
            spool.Remove(front.Length);
        }
        return body.ToArray();
    }
}

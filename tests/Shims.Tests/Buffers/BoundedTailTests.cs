using Shims.Buffers;

namespace Shims.Tests.Buffers;

public sealed class BoundedTailTests
{
    [Fact]
    public void A_tail_is_empty_at_first()
    {
        var tail = new BoundedTail(10);
        Assert.True(tail.Bytes.IsEmpty);
        Assert.Equal(0, tail.Total);
    }

    [Fact]
    public void A_tail_has_the_end_of_what_was_added_and_counts_all_of_it()
    {
        var tail = new BoundedTail(10);
        tail.Add("first "u8);
        Assert.Equal("first "u8, tail.Bytes);
        tail.Add("second "u8);
        Assert.Equal("st second "u8, tail.Bytes);
        tail.Add(new byte[1 << 20]);
        tail.Add("end"u8);
        Assert.Equal("\0\0\0\0\0\0\0end"u8, tail.Bytes);
        Assert.Equal(13 + (1 << 20) + 3, tail.Total);
    }
}

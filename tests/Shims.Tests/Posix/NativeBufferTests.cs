using Shims.Posix;

namespace Shims.Tests.Posix;

public sealed class NativeBufferTests
{
    [Fact]
    public void A_native_buffer_gives_back_what_was_added_oldest_first()
    {
        using var buffer = new NativeBuffer(10);
        Assert.True(buffer.IsEmpty);
        Assert.Equal(3, buffer.Add("abc"u8));
        Assert.Equal(2, buffer.Add("de"u8));
        Assert.Equal("abcde", Latin1.Text(buffer.Bytes));
        buffer.Remove(2);
        Assert.Equal("cde", Latin1.Text(buffer.Bytes));
        Assert.Equal(3, buffer.Length);
        Assert.Equal(7, buffer.Free);
    }

    [Fact]
    public void A_native_buffer_takes_the_bytes_that_fit_and_returns_their_number()
    {
        using var buffer = new NativeBuffer(4);
        Assert.Equal(4, buffer.Add("abcdef"u8));
        Assert.Equal(0, buffer.Add("x"u8));
        Assert.Equal("abcd", Latin1.Text(buffer.Bytes));
        Assert.True(buffer.Room.IsEmpty);
        buffer.Remove(1);
        Assert.Equal(1, buffer.Add("xyz"u8));
        Assert.Equal("bcdx", Latin1.Text(buffer.Bytes));
    }

    [Fact]
    public void A_native_buffer_has_its_whole_room_in_one_piece_wherever_its_bytes_are()
    {
        for (int removed = 0; removed <= 8; removed++)
        {
            using var buffer = new NativeBuffer(8);
            buffer.Add("12345678"u8);
            buffer.Remove(removed);
            Assert.Equal(removed, buffer.Room.Length);
            "abcdefgh"u8[..removed].CopyTo(buffer.Room);
            buffer.Added(removed);
            Assert.Equal("12345678"[removed..] + "abcdefgh"[..removed], Latin1.Text(buffer.Bytes));
        }
    }

    [Fact]
    public void A_native_buffer_grows_for_bytes_that_cannot_wait()
    {
        using var buffer = new NativeBuffer(4);
        buffer.Add("abcd"u8);
        buffer.Remove(1);
        Span<byte> room = buffer.RoomFor(100);
        Assert.InRange(room.Length, 100, int.MaxValue);
        room[..100].Fill((byte)'x');
        buffer.Added(100);
        Assert.Equal("bcd" + new string('x', 100), Latin1.Text(buffer.Bytes));
        Assert.Equal(buffer.Free, buffer.Room.Length);
        Assert.InRange(buffer.RoomFor(1).Length, 1, int.MaxValue);
    }

    [Fact]
    public void A_native_buffer_is_empty_and_whole_again_after_it_was_cleared()
    {
        using var buffer = new NativeBuffer(4);
        buffer.Add("abcd"u8);
        buffer.Remove(2);
        buffer.Clear();
        Assert.True(buffer.IsEmpty);
        Assert.Equal(4, buffer.Room.Length);
    }

    [Fact]
    public void A_native_buffer_is_a_queue_under_any_order_of_adding_and_removing()
    {
        var random = new Pseudorandom(42);
        for (int capacity = 1; capacity <= 64; capacity += 7)
        {
            using var buffer = new NativeBuffer(capacity);
            var model = new Queue<byte>();
            byte next = 0;
            for (int i = 0; i < 2000; i++)
            {
                if (random.Below(2) == 0)
                {
                    byte[] bytes = [.. Enumerable.Range(0, random.Below(capacity + 3)).Select(_ => next++)];
                    int added = buffer.Add(bytes);
                    Assert.Equal(Math.Min(bytes.Length, capacity - model.Count), added);
                    foreach (byte one in bytes.AsSpan(0, added))
                        model.Enqueue(one);
                    next = (byte)(next - (bytes.Length - added));
                }
                else
                {
                    int removed = random.Below(buffer.Length + 1);
                    buffer.Remove(removed);
                    for (int j = 0; j < removed; j++)
                        model.Dequeue();
                }
                Assert.Equal(model.Count, buffer.Length);
                Assert.True(buffer.Bytes.SequenceEqual(model.ToArray()));
            }
        }
    }
}

using Shims.Posix;

namespace Shims.Tests.Posix;

public sealed unsafe class ArenaTests
{
    [Fact]
    public void An_arena_gives_pieces_that_do_not_overlap_and_begin_where_a_pointer_may()
    {
        Arena arena = Arena.Create(1024);
        nint end = 0;
        foreach (int size in new[] { 1, 8, 3, 0, 7, 100, 9 })
        {
            Span<byte> piece = arena.Take(size);
            Assert.Equal(size, piece.Length);
            if (size == 0)
                continue;
            fixed (byte* start = piece)
            {
                Assert.Equal(0, (nint)start % 8);
                Assert.True((nint)start >= end);
                end = (nint)start + size;
            }
            piece.Fill(0xAA);
        }
        arena.Release();
    }

    [Fact]
    public void An_arena_gives_all_that_it_has_and_not_a_byte_more()
    {
        Arena arena = Arena.Create(64);
        Assert.Equal(64, arena.Free);
        Assert.True(arena.Take(65).IsEmpty);
        Assert.Equal(64, arena.Take(64).Length);
        Assert.Equal(0, arena.Free);
        Assert.True(arena.Take(1).IsEmpty);
        arena.Release();
    }

    [Fact]
    public void An_arena_never_gives_more_than_it_has_by_aligning()
    {
        for (int size = 0; size < 40; size++)
        {
            Arena arena = Arena.Create(size);
            int taken = 0;
            while (!arena.Take(3).IsEmpty)
                taken++;
            Assert.InRange(taken, size / 8, (size + 7) / 8);
            Assert.InRange(arena.Free, 0, size);
            arena.Release();
        }
    }

    [Fact]
    public void An_arena_keeps_the_part_of_the_rest_that_is_to_last()
    {
        Arena arena = Arena.Create(64);
        arena.Take(8);
        Span<byte> rest = arena.Rest;
        Assert.Equal(56, rest.Length);
        "keep"u8.CopyTo(rest);
        arena.Keep(4);
        arena.Take(8).Fill(0xAA);
        Assert.Equal("keep", Latin1.Text(rest[..4]));
        Assert.Equal(64 - 8 - 8 - 8, arena.Free);
        arena.Release();
    }

    [Fact]
    public void An_arena_without_memory_has_no_room()
    {
        Arena arena = default;
        Assert.Equal(0, arena.Free);
        Assert.True(arena.Take(1).IsEmpty);
        Assert.True(arena.Rest.IsEmpty);
        arena.Release();
    }

    [Fact]
    public void An_arena_can_be_released_twice()
    {
        Arena arena = Arena.Create(64);
        arena.Release();
        Assert.Equal(0, arena.Free);
        arena.Release();
    }
}

using Shims.Buffers;

namespace Shims.Tests.Posix;

/// <summary>Copying without the C library.</summary>
public sealed class SpanCopyTests
{
    [Fact]
    public void CopyInto_copies_every_length_from_and_to_every_alignment_and_touches_nothing_beside()
    {
        byte[] source = [.. Enumerable.Range(0, 200).Select(value => (byte)(value | 1))];
        for (int length = 0; length <= 100; length++)
        {
            for (int start = 0; start < 17; start++)
            {
                byte[] destination = new byte[200];
                source.AsSpan(start, length).CopyInto(destination.AsSpan(start + 3));
                byte[] expected = new byte[200];
                source.AsSpan(start, length).CopyTo(expected.AsSpan(start + 3));
                Assert.Equal(expected, destination);
            }
        }
    }

    [Fact]
    public void Bytes_that_do_not_fit_are_not_copied_in_part()
    {
        byte[] destination = new byte[19];
        Assert.Throws<ArgumentOutOfRangeException>(() => new byte[20].AsSpan().CopyInto(destination));
    }
}

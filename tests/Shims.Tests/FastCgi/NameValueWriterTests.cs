using System.Buffers;
using Shims.FastCgi;

namespace Shims.Tests.FastCgi;

public sealed class NameValueWriterTests
{
    [Fact]
    public void The_name_value_writer_writes_the_example_of_the_specification()
    {
        // FastCGI 1.0 appendix B, 1: "\013\002SERVER_PORT80" and "\013\016SERVER_ADDR199.170.183.42" (octal)
        var pairs = new byte[64];
        int length = NameValueWriter.Write(pairs, "SERVER_PORT"u8, "80"u8);
        length += NameValueWriter.Write(pairs.AsSpan(length), "SERVER_ADDR"u8, "199.170.183.42"u8);
        Assert.Equal([11, 2, .. "SERVER_PORT80"u8, 11, 14, .. "SERVER_ADDR199.170.183.42"u8], pairs[..length]);
    }

    [Fact]
    public void Lengths_from_128_on_take_four_bytes()
    {
        byte[] value = new byte[128];
        var pair = new byte[NameValueWriter.SizeOf("N"u8, value)];
        Assert.Equal(pair.Length, NameValueWriter.Write(pair, "N"u8, value));
        Assert.Equal([1, 0x80, 0, 0, 128, (byte)'N', .. value], pair);
    }

    [Fact]
    public void Written_names_and_values_are_read_back()
    {
        int[] lengths = [0, 1, 126, 127, 128, 129, 255, 256, 65535, 65536, 100_000];
        foreach (int nameLength in lengths)
        {
            foreach (int valueLength in lengths)
            {
                byte[] name = new Pseudorandom((ulong)nameLength).Bytes(nameLength), value = new Pseudorandom((ulong)valueLength + 1).Bytes(valueLength);
                var pair = new byte[NameValueWriter.SizeOf(name, value)];
                Assert.Equal(pair.Length, NameValueWriter.Write(pair, name, value));
                var reader = new NameValueReader(pair);
                Assert.Equal(OperationStatus.Done, reader.TryRead(out ReadOnlySpan<byte> readName, out ReadOnlySpan<byte> readValue));
                Assert.True(readName.SequenceEqual(name) && readValue.SequenceEqual(value) && reader.IsAtEnd);
            }
        }
    }
}

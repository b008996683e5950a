using System.Buffers;
using Shims.FastCgi;
using Shims.Tests.Cgi;

namespace Shims.Tests.FastCgi;

public sealed class NameValueReaderTests
{
    /// <summary>FastCGI 1.0 appendix B: "\013\002SERVER_PORT80\013\016SERVER_ADDR199.170.183.42".</summary>
    private static readonly byte[] s_example = Latin1.Bytes("\x000B\x0002SERVER_PORT80\x000B\x000ESERVER_ADDR199.170.183.42");

    [Fact]
    public void The_name_value_reader_reads_the_example_of_the_specification() =>
        Assert.Equal(["SERVER_PORT=80", "SERVER_ADDR=199.170.183.42"], ReadAll(s_example));

    [Fact]
    public void The_specifications_second_example_is_the_same_pairs_divided_among_two_records()
    {
        // Appendix B, 2: "\013\002SERVER_PORT80\013\016SER" and "VER_ADDR199.170.183.42": the reader gets the stream, not the records.
        byte[] first = Latin1.Bytes("\x000B\x0002SERVER_PORT80\x000B\x000ESER"), second = Latin1.Bytes("VER_ADDR199.170.183.42");
        Assert.Equal(s_example, first.Concat(second));
        Assert.Equal(["SERVER_PORT=80"], ReadAll(first, isWhole: false));
    }

    [Fact]
    public void The_name_value_reader_reads_all_four_forms_of_lengths()
    {
        // Section 3.4: nameLength and valueLength of one byte (B0) or four (B3 B2 B1 B0, with the top bit of B3 set).
        Assert.Equal(["ab=c"], ReadAll([2, 1, .. "abc"u8]));
        Assert.Equal(["ab=c"], ReadAll([2, 0x80, 0, 0, 1, .. "abc"u8]));
        Assert.Equal(["ab=c"], ReadAll([0x80, 0, 0, 2, 1, .. "abc"u8]));
        Assert.Equal(["ab=c"], ReadAll([0x80, 0, 0, 2, 0x80, 0, 0, 1, .. "abc"u8]));
    }

    [Fact]
    public void Names_and_values_may_be_empty()
    {
        Assert.Equal(["=", "a=", "=b"], ReadAll([0, 0, 1, 0, (byte)'a', 0, 1, (byte)'b']));
        Assert.Equal(["="], ReadAll([0x80, 0, 0, 0, 0x80, 0, 0, 0]));
    }

    [Fact]
    public void The_name_value_reader_asks_for_more_at_every_truncation_and_stays_where_it_is()
    {
        foreach (byte[] whole in new byte[][] { s_example[..15], [0x80, 0, 0, 2, 0x80, 0, 0, 1, .. "abc"u8], [0x80, 0, 0, 130, 0, .. new byte[130]] })
        {
            for (int length = 0; length < whole.Length; length++)
            {
                var reader = new NameValueReader(whole.AsSpan(0, length));
                Assert.Equal(OperationStatus.NeedMoreData, reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value));
                Assert.Equal(length == 0, reader.IsAtEnd);
                Assert.True(name.IsEmpty && value.IsEmpty);
            }
            Assert.Single(ReadAll(whole));
        }
    }

    [Fact]
    public void Lengths_that_overflow_32_bits_together_are_only_too_long()
    {
        byte[] largest = [0xFF, 0xFF, 0xFF, 0xFF];
        byte[] half = [0xC0, 0, 0, 0];
        byte[] content = new byte[8];
        foreach (byte[] stream in new byte[][] { [.. largest, .. largest, .. content], [.. largest, 1, .. content], [1, .. largest, .. content], [.. half, .. half, .. content], [.. largest, 0x80, 0, 0, 1, .. content] })
            Assert.Equal(OperationStatus.NeedMoreData, new NameValueReader(stream).TryRead(out _, out _));
    }

    [Fact]
    public void The_name_value_reader_reads_back_every_size_of_name_and_value_that_was_written()
    {
        foreach (int size in Sizes.Interesting)
        {
            string text = Latin1.Text(new Pseudorandom((ulong)size).Bytes(size));
            var block = new RequestBlock { { text, "value" }, { "name", text }, { text, text } };
            Assert.Equal([$"{text}=value", $"name={text}", $"{text}={text}"], ReadAll(block.ToParameters()));
        }
    }

    [Fact]
    public void The_name_value_reader_reads_a_million_pairs_of_nothing()
    {
        var reader = new NameValueReader(new byte[2_000_000]);
        int count = 0;
        while (reader.TryRead(out _, out _) == OperationStatus.Done)
            count++;
        Assert.Equal(1_000_000, count);
        Assert.True(reader.IsAtEnd);
    }

    private static List<string> ReadAll(ReadOnlySpan<byte> stream, bool isWhole = true)
    {
        var pairs = new List<string>();
        var reader = new NameValueReader(stream);
        while (reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) == OperationStatus.Done)
            pairs.Add($"{Latin1.Text(name)}={Latin1.Text(value)}");
        Assert.Equal(isWhole, reader.IsAtEnd);
        return pairs;
    }
}

using Shims.FastCgi;

namespace Shims.Tests.FastCgi;

public sealed class RecordHeaderTests
{
    [Fact]
    public void A_record_header_is_read_in_the_order_of_the_specification() =>
        Assert.Equal(new RecordHeader(1, RecordType.Params, 0x0203, 0x0405, 6), RecordHeader.Read([1, 4, 2, 3, 4, 5, 6, 7]));

    [Fact]
    public void A_record_header_is_written_with_a_reserved_byte_of_zero()
    {
        byte[] destination = [.. Enumerable.Repeat((byte)0xAA, RecordHeader.Size)];
        new RecordHeader(1, RecordType.Stdout, 0x0203, 0x0405, 6).Write(destination);
        Assert.Equal([1, 6, 2, 3, 4, 5, 6, 0], destination);
    }

    [Fact]
    public void A_record_header_is_read_back_with_every_content_length()
    {
        Span<byte> bytes = stackalloc byte[RecordHeader.Size];
        for (int length = 0; length <= ushort.MaxValue; length++)
        {
            RecordHeader header = RecordHeader.For(RecordType.Stdout, 1, length);
            header.Write(bytes);
            Assert.Equal(header, RecordHeader.Read(bytes));
            Assert.Equal(length, header.ContentLength);
            Assert.Equal(0, (RecordHeader.Size + header.ContentLength + header.PaddingLength) % 8);
            Assert.InRange(header.PaddingLength, 0, 7);
        }
    }

    [Fact]
    public void A_record_header_is_read_back_with_every_request_id()
    {
        Span<byte> bytes = stackalloc byte[RecordHeader.Size];
        for (int id = 0; id <= ushort.MaxValue; id++)
        {
            RecordHeader.For(RecordType.EndRequest, (ushort)id, 8).Write(bytes);
            Assert.Equal(id, RecordHeader.Read(bytes).RequestId);
        }
    }

    [Fact]
    public void The_largest_content_and_the_largest_padding_are_read_as_they_are()
    {
        RecordHeader header = RecordHeader.Read([1, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0]);
        Assert.Equal(65535, header.ContentLength);
        Assert.Equal(255, header.PaddingLength);
        Assert.Equal(65535, header.RequestId);
        // HAProxy CVE-2026-55203: the two together are more than 16 bits.
        Assert.Equal(65790, header.ContentLength + header.PaddingLength);
    }

    [Fact]
    public void The_largest_aligned_content_needs_no_padding_and_one_byte_more_needs_seven()
    {
        Assert.Equal(0, RecordHeader.For(RecordType.Stdout, 1, RecordHeader.MaxAlignedContent).PaddingLength);
        Assert.Equal(7, RecordHeader.For(RecordType.Stdout, 1, RecordHeader.MaxAlignedContent + 1).PaddingLength);
        Assert.True(RecordHeader.MaxAlignedContent + 8 > ushort.MaxValue);
    }

    [Fact]
    public void An_unknown_type_or_version_is_read_as_it_is()
    {
        RecordHeader header = RecordHeader.Read([2, 200, 0, 0, 0, 0, 0, 0]);
        Assert.Equal(2, header.Version);
        Assert.Equal(200, (byte)header.Type);
    }

    [Fact]
    public void The_types_have_the_numbers_of_the_specification() => Assert.Equal(
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        new[]
        {
            RecordType.BeginRequest, RecordType.AbortRequest, RecordType.EndRequest, RecordType.Params, RecordType.Stdin, RecordType.Stdout, RecordType.Stderr,
            RecordType.Data, RecordType.GetValues, RecordType.GetValuesResult, RecordType.UnknownType,
        }.Select(type => (int)type));
}

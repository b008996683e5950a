using Shims.FastCgi;

namespace Shims.Tests.FastCgi;

public sealed class RecordWriterTests
{
    [Fact]
    public void The_record_writer_writes_the_response_of_the_specifications_first_example()
    {
        // FastCGI 1.0 appendix B, 1: {FCGI_STDOUT, 1, "Content-type: ..."}, {FCGI_STDOUT, 1, ""}, {FCGI_END_REQUEST, 1, {0, FCGI_REQUEST_COMPLETE}}
        byte[] content = Latin1.Bytes("Content-type: text/html\r\n\r\n<html>\n<head> ... ");
        var records = new byte[200];
        int length = RecordWriter.Write(records, RecordType.Stdout, 1, content);
        length += RecordWriter.Write(records.AsSpan(length), RecordType.Stdout, 1, default);
        length += RecordWriter.WriteEndRequest(records.AsSpan(length), 1, 0, ProtocolStatus.RequestComplete);
        Assert.Equal(
            [
                1, 6, 0, 1, 0, (byte)content.Length, (byte)(48 - content.Length), 0, .. content, .. new byte[48 - content.Length],
                1, 6, 0, 1, 0, 0, 0, 0,
                1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ],
            records[..length]);
    }

    [Fact]
    public void The_record_writer_writes_the_end_of_the_specifications_third_example()
    {
        // Appendix B, 3: {FCGI_END_REQUEST, 1, {938, FCGI_REQUEST_COMPLETE}}
        var record = new byte[RecordWriter.EndRequestSize];
        Assert.Equal(16, RecordWriter.WriteEndRequest(record, 1, 938, ProtocolStatus.RequestComplete));
        Assert.Equal([1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 938 >> 8, 938 & 0xff, 0, 0, 0, 0], record);
    }

    [Fact]
    public void The_record_writer_writes_a_protocol_status_and_reserved_bytes_that_are_zero()
    {
        byte[] record = [.. Enumerable.Repeat((byte)0xAA, RecordWriter.EndRequestSize)];
        RecordWriter.WriteEndRequest(record, 0xFFFF, -1, ProtocolStatus.UnknownRole);
        Assert.Equal([1, 3, 0xFF, 0xFF, 0, 8, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0], record);
        Assert.Equal([0, 1, 2, 3], new[] { ProtocolStatus.RequestComplete, ProtocolStatus.CannotMultiplex, ProtocolStatus.Overloaded, ProtocolStatus.UnknownRole }.Select(status => (int)status));
    }

    [Fact]
    public void Every_record_ends_at_a_multiple_of_eight_with_padding_that_is_zero()
    {
        foreach (int size in Sizes.Interesting)
        {
            byte[] content = new Pseudorandom((ulong)size).Bytes(size);
            byte[] destination = [.. Enumerable.Repeat((byte)0xAA, RecordWriter.SizeOf(size) + 8)];
            int length = RecordWriter.Write(destination, RecordType.Stdout, 7, content);
            Assert.Equal(RecordWriter.SizeOf(size), length);
            Assert.Equal(0, length % 8);
            RecordHeader header = RecordHeader.Read(destination);
            Assert.Equal(size, header.ContentLength);
            Assert.True(destination.AsSpan(RecordHeader.Size, size).SequenceEqual(content), $"{size} bytes");
            Assert.True(destination.AsSpan(RecordHeader.Size + size, header.PaddingLength).ContainsAnyExcept((byte)0) is false, $"{size} bytes");
            Assert.True(destination.AsSpan(length).ContainsAnyExcept((byte)0xAA) is false, $"wrote past the record of {size} bytes");
        }
    }

    [Fact]
    public void The_record_writer_fits_exactly_where_it_says_it_fits()
    {
        foreach (int size in Sizes.Interesting)
            Assert.Equal(RecordWriter.SizeOf(size), RecordWriter.Write(new byte[RecordWriter.SizeOf(size)], RecordType.Data, 1, new byte[size]));
    }
}

using Shims.FastCgi;

namespace Shims.Tests.FastCgi;

public sealed class EndRequestBodyTests
{
    [Fact]
    public void The_END_REQUEST_reader_reads_what_the_writer_writes()
    {
        foreach (int status in new[] { 0, 1, 255, 938, -1, int.MinValue, int.MaxValue })
        {
            var record = new byte[RecordWriter.EndRequestSize];
            RecordWriter.WriteEndRequest(record, 1, status, ProtocolStatus.Overloaded);
            Assert.True(EndRequestBody.TryRead(record.AsSpan(RecordHeader.Size), out EndRequestBody body));
            Assert.Equal(new EndRequestBody(status, ProtocolStatus.Overloaded), body);
        }
    }

    [Fact]
    public void Reserved_bytes_may_be_anything_and_unknown_statuses_stay_unknown()
    {
        Assert.True(EndRequestBody.TryRead([0, 0, 0, 7, 9, 1, 2, 3], out EndRequestBody body));
        Assert.Equal(7, body.ApplicationStatus);
        Assert.Equal(9, (int)body.ProtocolStatus);
    }

    [Fact]
    public void The_END_REQUEST_reader_refuses_any_other_length()
    {
        for (int length = 0; length <= 64; length++)
            Assert.Equal(length == EndRequestBody.Size, EndRequestBody.TryRead(new byte[length], out _));
    }
}

namespace Shims.FastCgi;

/// <summary>A CGI response in records of a request that has not been read: all that its web server can be told.</summary>
internal static class EnclosedPage
{
    /// <summary>Puts the page into records.</summary>
    /// <param name="start">The first bytes of the request: with less than a record's header, or something else, the page stays as it is.</param>
    /// <param name="page">Header and body.</param>
    internal static byte[] Of(ReadOnlySpan<byte> start, byte[] page)
    {
        if (start.Length < RecordHeader.Size || start[0] != RecordHeader.Version1)
            return page;
        ushort requestId = RecordHeader.Read(start).RequestId;
        var records = new byte[RecordWriter.SizeOf(page.Length) + RecordHeader.Size + RecordWriter.EndRequestSize];
        int length = RecordWriter.Write(records, RecordType.Stdout, requestId, page);
        length += RecordWriter.Write(records.AsSpan(length), RecordType.Stdout, requestId, default);
        RecordWriter.WriteEndRequest(records.AsSpan(length), requestId, 0, ProtocolStatus.RequestComplete);
        return records;
    }
}

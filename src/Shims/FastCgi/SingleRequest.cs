using Shims.Buffers;

namespace Shims.FastCgi;

/// <summary>The shape that nearly every FastCGI request has: one of a Responder, without a body, and then the web server waits. Allocates and throws nothing.</summary>
/// <remarks><code>
///   BEGIN_REQUEST (Responder)   PARAMS ...   PARAMS (empty)   STDIN (empty)      and no byte more
/// </code>FastCGI 1.0 sections 5.1 to 5.3 and 6.2.</remarks>
internal static class SingleRequest
{
    /// <summary>Takes the bytes of a connection apart.</summary>
    /// <param name="bytes">All that has come.</param>
    /// <param name="parameters">At least as long: takes the contents of the PARAMS records, one after the other.</param>
    /// <param name="length">Bytes of them.</param>
    /// <param name="id">The request's id.</param>
    /// <returns>False for anything else, and for what has not come in whole.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, Span<byte> parameters, out int length, out ushort id)
    {
        length = 0;
        id = 0;
        if (!TryTake(ref bytes, out RecordHeader begin, out ReadOnlySpan<byte> content) || begin.Type != RecordType.BeginRequest || begin.RequestId == RecordHeader.ManagementId)
            return false;
        id = begin.RequestId;
        if (!BeginRequestBody.TryRead(content, out BeginRequestBody body) || body.Role != Role.Responder || body.KeepsConnection)
            return false;
        do
        {
            if (!TryTake(ref bytes, out RecordHeader record, out content) || record.Type != RecordType.Params || record.RequestId != begin.RequestId)
                return false;
            content.CopyInto(parameters[length..]);
            length += content.Length;
        }
        while (!content.IsEmpty);
        return TryTake(ref bytes, out RecordHeader last, out content) && last.Type == RecordType.Stdin && last.RequestId == begin.RequestId && content.IsEmpty && bytes.IsEmpty;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out RecordHeader record, out ReadOnlySpan<byte> content)
    {
        record = default;
        content = default;
        if (bytes.Length < RecordHeader.Size)
            return false;
        record = RecordHeader.Read(bytes);
        int size = RecordHeader.Size + record.ContentLength + record.PaddingLength;
        if (record.Version != RecordHeader.Version1 || bytes.Length < size)
            return false;
        content = bytes.Slice(RecordHeader.Size, record.ContentLength);
        bytes = bytes[size..];
        return true;
    }
}

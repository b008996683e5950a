using System.Buffers.Binary;

namespace Shims.FastCgi;

/// <summary>The content of END_REQUEST. FastCGI 1.0 section 5.5.</summary>
/// <remarks><code>
///   application status  protocol status  reserved
///           4                 1             3       bytes, big-endian
/// </code></remarks>
internal readonly record struct EndRequestBody(int ApplicationStatus, ProtocolStatus ProtocolStatus)
{
    internal const int Size = 8;

    internal static bool TryRead(ReadOnlySpan<byte> content, out EndRequestBody body)
    {
        body = default;
        if (content.Length != Size)
            return false;
        body = new EndRequestBody(BinaryPrimitives.ReadInt32BigEndian(content), (ProtocolStatus)content[4]);
        return true;
    }
}

using System.Buffers;
using System.Buffers.Binary;

namespace Shims.FastCgi;

/// <summary>Reads name-value pairs off the front of a buffer without copying them. Allocates and throws nothing.</summary>
/// <remarks><code>
///   name length  value length  name  value
///      1 or 4       1 or 4                    bytes; a length of four bytes is big-endian and has its top bit set
/// </code>FastCGI 1.0 section 3.4. The pairs are one stream: give the reader all of it, as they and even their lengths may straddle records.</remarks>
internal ref struct NameValueReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    /// <summary>Takes the next pair. The reader moves only when the result is Done.</summary>
    /// <returns>Done; NeedMoreData if the buffer is empty or ends within a pair.</returns>
    internal OperationStatus TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        ReadOnlySpan<byte> rest = _rest;
        if (!TryReadLength(ref rest, out uint nameLength) || !TryReadLength(ref rest, out uint valueLength))
            return OperationStatus.NeedMoreData;
        // 64 bits: two lengths of 31 bits each overflow 32 (CVE-2025-23016).
        if ((ulong)nameLength + valueLength > (ulong)rest.Length)
            return OperationStatus.NeedMoreData;
        name = rest[..(int)nameLength];
        value = rest.Slice((int)nameLength, (int)valueLength);
        _rest = rest[(int)(nameLength + valueLength)..];
        return OperationStatus.Done;
    }

    /// <summary>True if everything has been read.</summary>
    internal readonly bool IsAtEnd => _rest.IsEmpty;

    private static bool TryReadLength(ref ReadOnlySpan<byte> rest, out uint length)
    {
        const uint isLong = 0x80000000;
        length = 0;
        if (rest.IsEmpty)
            return false;
        if (rest[0] < 0x80)
        {
            length = rest[0];
            rest = rest[1..];
            return true;
        }
        if (rest.Length < sizeof(uint))
            return false;
        length = BinaryPrimitives.ReadUInt32BigEndian(rest) & ~isLong;
        rest = rest[sizeof(uint)..];
        return true;
    }
}

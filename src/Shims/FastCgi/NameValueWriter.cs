using System.Buffers.Binary;

namespace Shims.FastCgi;

/// <summary>Writes name-value pairs. FastCGI 1.0 section 3.4; see <see cref="NameValueReader"/> for the picture.</summary>
internal static class NameValueWriter
{
    /// <summary>The largest length that one byte tells.</summary>
    private const int MaxShortLength = 127;

    /// <summary>Bytes that a pair takes.</summary>
    internal static int SizeOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => LengthSize(name.Length) + LengthSize(value.Length) + name.Length + value.Length;

    /// <summary>Writes one pair.</summary>
    /// <param name="destination">At least <see cref="SizeOf"/> the pair.</param>
    /// <returns>Bytes written.</returns>
    internal static int Write(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int length = WriteLength(destination, name.Length);
        length += WriteLength(destination[length..], value.Length);
        name.CopyTo(destination[length..]);
        value.CopyTo(destination[(length + name.Length)..]);
        return length + name.Length + value.Length;
    }

    private static int LengthSize(int length) => length <= MaxShortLength ? 1 : sizeof(uint);

    private static int WriteLength(Span<byte> destination, int length)
    {
        const uint isLong = 0x80000000;
        if (length <= MaxShortLength)
        {
            destination[0] = (byte)length;
            return 1;
        }
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)length | isLong);
        return sizeof(uint);
    }
}

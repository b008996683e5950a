using System.Buffers.Binary;
using Shims.Buffers;

namespace Shims.Uwsgi;

/// <summary>Writes a variable of a uwsgi request: what a web server sends after the header.</summary>
/// <remarks>Spec: The uwsgi Protocol, "The uwsgi vars".</remarks>
internal static class UwsgiVariablesWriter
{
    private const int LengthSize = 2;

    /// <summary>Bytes that a pair takes.</summary>
    internal static int SizeOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => 2 * LengthSize + name.Length + value.Length;

    /// <summary>Writes a pair.</summary>
    /// <param name="destination">At least <see cref="SizeOf"/> the pair.</param>
    /// <param name="name">At most 65535 bytes.</param>
    /// <param name="value">At most 65535 bytes.</param>
    /// <returns>Bytes written.</returns>
    internal static int Write(Span<byte> destination, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int length = WriteText(destination, name);
        return length + WriteText(destination[length..], value);
    }

    private static int WriteText(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)text.Length);
        text.CopyInto(destination[LengthSize..]);
        return LengthSize + text.Length;
    }
}

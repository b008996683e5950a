using System.Buffers.Binary;

namespace Shims.Ajp;

/// <summary>Reads the values of a payload, each within its bounds. Allocates and throws nothing.</summary>
/// <remarks><code>
///   byte      1
///   integer   2       big-endian
///   string    length  bytes  00      length: 2 bytes; FFFF is not a string at all, and then nothing follows
/// </code>AJPv13 "Packet Headers", data types.</remarks>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private const ushort NoString = 0xFFFF;

    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>What has not been read.</summary>
    internal readonly ReadOnlySpan<byte> Rest => _rest;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    /// <returns>False if the payload ends before.</returns>
    internal bool TryReadByte(out byte value)
    {
        value = 0;
        if (_rest.IsEmpty)
            return false;
        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    /// <returns>As <see cref="TryReadByte"/>.</returns>
    internal bool TryReadInteger(out ushort value)
    {
        value = 0;
        if (_rest.Length < sizeof(ushort))
            return false;
        value = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        _rest = _rest[sizeof(ushort)..];
        return true;
    }

    /// <summary>Reads a string.</summary>
    /// <param name="value">Empty also if there is not a string.</param>
    /// <returns>False if the payload ends before, if the string has a NUL inside, or none after it.</returns>
    internal bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadInteger(out ushort length))
            return false;
        return length == NoString || TryReadString(length, out value);
    }

    /// <summary>Reads a string whose length has been read.</summary>
    /// <returns>As <see cref="TryReadString(out ReadOnlySpan{byte})"/>.</returns>
    internal bool TryReadString(int length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (_rest.Length < length + 1 || _rest[length] != 0)
            return false;
        value = _rest[..length];
        _rest = _rest[(length + 1)..];
        return !value.Contains((byte)0);
    }
}

using System.Buffers.Binary;

namespace Shims.Uwsgi;

/// <summary>The first four bytes of a uwsgi request. Allocates and throws nothing.</summary>
/// <param name="Modifier1">The kind of request: see <see cref="UwsgiModifier"/>.</param>
/// <param name="DataSize">Bytes of the block of variables that follows.</param>
/// <param name="Modifier2">Means nothing for a request.</param>
/// <remarks><code>
///   modifier1   datasize              modifier2   block      body
///      1        2, little-endian         1        datasize   CONTENT_LENGTH
/// </code>Spec: The uwsgi Protocol, "The uwsgi packet header". A connection carries one request; the response is not framed.</remarks>
internal readonly record struct UwsgiHeader(byte Modifier1, ushort DataSize, byte Modifier2)
{
    /// <summary>Bytes of the header.</summary>
    internal const int Size = 4;

    /// <summary>Bytes of the largest block of variables.</summary>
    internal const int MaxDataSize = ushort.MaxValue;

    /// <summary>Bytes of header and block.</summary>
    internal int Whole => Size + DataSize;

    /// <summary>True if a modifier1 asks for a page: see <see cref="UwsgiModifier"/>.</summary>
    internal static bool IsRequest(byte modifier1) => (UwsgiModifier)modifier1 is UwsgiModifier.Wsgi or UwsgiModifier.Psgi or UwsgiModifier.Lua or UwsgiModifier.Rack
        or UwsgiModifier.Jvm or UwsgiModifier.Cgi or UwsgiModifier.Php or UwsgiModifier.Mono or UwsgiModifier.ManagedPathInfo;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    internal static UwsgiHeader Read(ReadOnlySpan<byte> bytes) => new(bytes[0], BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]), bytes[3]);

    /// <summary>Writes the header.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    internal void Write(Span<byte> destination)
    {
        destination[0] = Modifier1;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[1..], DataSize);
        destination[3] = Modifier2;
    }
}

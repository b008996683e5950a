using System.Buffers.Binary;

namespace Shims.FastCgi;

/// <summary>The content of BEGIN_REQUEST. FastCGI 1.0 section 5.1.</summary>
/// <remarks><code>
///   role  flags  reserved
///    2      1       5       bytes, big-endian
/// </code></remarks>
internal readonly record struct BeginRequestBody(Role Role, byte Flags)
{
    internal const int Size = 8;

    private const byte KeepConnection = 1;

    /// <summary>FCGI_KEEP_CONN: the web server, not the application, closes the connection.</summary>
    internal bool KeepsConnection => (Flags & KeepConnection) != 0;

    internal static bool TryRead(ReadOnlySpan<byte> content, out BeginRequestBody body)
    {
        body = default;
        if (content.Length != Size)
            return false;
        body = new BeginRequestBody((Role)BinaryPrimitives.ReadUInt16BigEndian(content), content[2]);
        return true;
    }

    /// <param name="destination">At least <see cref="Size"/>; the reserved bytes become zero.</param>
    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)Role);
        destination[2] = Flags;
        destination[3..Size].Clear();
    }
}

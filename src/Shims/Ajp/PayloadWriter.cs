using System.Buffers.Binary;

namespace Shims.Ajp;

/// <summary>Writes the values of a payload, in the form of <see cref="PayloadReader"/>, and remembers if there was no room for one.</summary>
/// <param name="destination">Where to.</param>
/// <param name="position">The index of the first byte to be written.</param>
internal ref struct PayloadWriter(Span<byte> destination, int position)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>The index of the next byte to be written.</summary>
    internal int Position { get; private set; } = position;

    /// <summary>True if a value did not fit. What has been written is worth nothing then.</summary>
    internal bool IsFull { get; private set; }

    internal void WriteByte(byte value)
    {
        if (HasRoomFor(1))
            _destination[Position++] = value;
    }

    internal void WriteInteger(ushort value)
    {
        if (!HasRoomFor(sizeof(ushort)))
            return;
        BinaryPrimitives.WriteUInt16BigEndian(_destination[Position..], value);
        Position += sizeof(ushort);
    }

    internal void WriteString(scoped ReadOnlySpan<byte> value)
    {
        if (!HasRoomFor(sizeof(ushort) + value.Length + 1))
            return;
        WriteInteger((ushort)value.Length);
        value.CopyTo(_destination[Position..]);
        Position += value.Length;
        WriteByte(0);
    }

    private bool HasRoomFor(int count) => !(IsFull |= count > _destination.Length - Position);
}

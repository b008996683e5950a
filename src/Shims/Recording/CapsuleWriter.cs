using System.Buffers;
using System.Text;
using Shims.Buffers;

namespace Shims.Recording;

/// <summary>Writes the sections of a capsule. <see cref="CapsuleReader"/> has a picture of the format.</summary>
/// <param name="bound">Bytes that the whole may have. Sections that do not fit are left out, and the capsule says so.</param>
internal sealed class CapsuleWriter(int bound)
{
    /// <summary>Room that is kept for the last two sections.</summary>
    private const int Closing = 32;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private bool _isCut;

    /// <summary>The bytes written.</summary>
    internal ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Writes the first line.</summary>
    internal void Begin()
    {
        _bytes.Write(CapsuleReader.Magic);
        _bytes.Write("1\n"u8);
    }

    internal void Add(string name, ReadOnlySpan<byte> content)
    {
        Span<byte> digits = stackalloc byte[20];
        ReadOnlySpan<byte> length = DecimalDigits.Format(content.Length, digits);
        if (content.Length > bound || _bytes.WrittenCount + name.Length + length.Length + content.Length + 3 > bound - Closing)
        {
            _isCut = true;
            return;
        }
        AddWhole(name, length, content);
    }

    internal void Add(string name, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Add(name, DecimalDigits.Format(number, digits));
    }

    internal void Add(string name, string content) => Add(name, Encoding.UTF8.GetBytes(content));

    /// <summary>Writes the last section.</summary>
    internal void End()
    {
        if (_isCut)
            AddWhole(CapsuleSection.Cut, "0"u8, default);
        AddWhole(CapsuleSection.Last, "0"u8, default);
    }

    private void AddWhole(string name, ReadOnlySpan<byte> length, ReadOnlySpan<byte> content)
    {
        Span<byte> room = _bytes.GetSpan(name.Length);
        for (int i = 0; i < name.Length; i++)
            room[i] = (byte)name[i];
        _bytes.Advance(name.Length);
        _bytes.Write(" "u8);
        _bytes.Write(length);
        _bytes.Write("\n"u8);
        _bytes.Write(content);
        _bytes.Write("\n"u8);
    }
}

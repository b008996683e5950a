using System.Text;

namespace Shims.Control.Servers.Apps;

/// <summary>Names that a program holds, and that say what it is made of.</summary>
internal static class Markers
{
    private const int Piece = 1 << 20;

    /// <summary>Marks the programs that start the .NET runtime. Microsoft.NET.HostModel, BundleHeaderPlaceholder.</summary>
    private static ReadOnlySpan<byte> Runtime =>
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    /// <summary>True for an executable file of this system: ELF, or Mach-O of 64 bits.</summary>
    internal static bool IsProgram(string file)
    {
        Span<byte> start = stackalloc byte[4];
        using FileStream stream = File.OpenRead(file);
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && (start.SequenceEqual("\u007fELF"u8) || start.SequenceEqual((ReadOnlySpan<byte>)[0xcf, 0xfa, 0xed, 0xfe]));
    }

    /// <summary>True for a program that starts the .NET runtime, with the app beside it or in it.</summary>
    internal static bool HasRuntime(string file) => Holds(file, [Runtime.ToArray()]);

    /// <summary>True if a file holds one of the names, in UTF-8; false if there is none, or it may not be read.</summary>
    internal static bool Any(string file, params IReadOnlyList<string> names)
    {
        try
        {
            return Holds(file, [.. names.Select(Encoding.UTF8.GetBytes)]);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads it piece by piece: a name may begin in one and end in the next.</summary>
    private static bool Holds(string file, IReadOnlyList<byte[]> marks)
    {
        int kept = marks.Max(static mark => mark.Length) - 1, length = 0;
        byte[] piece = new byte[Piece + kept];
        using FileStream stream = File.OpenRead(file);
        for (int read; (read = stream.Read(piece, length, piece.Length - length)) > 0;)
        {
            length += read;
            if (marks.Any(mark => piece.AsSpan(0, length).IndexOf(mark) >= 0))
                return true;
            int rest = Math.Min(kept, length);
            piece.AsSpan(length - rest, rest).CopyTo(piece);
            length = rest;
        }
        return false;
    }
}

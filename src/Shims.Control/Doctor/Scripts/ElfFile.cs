using System.Buffers.Binary;
using System.Text;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The needs of a native program, read from its headers. Nothing of it is run.</summary>
/// <remarks>System V ABI, "Object Files" and "Program Loading and Dynamic Linking"; elf(5).</remarks>
internal sealed class ElfFile
{
    private const uint PtLoad = 1, PtDynamic = 2, PtInterp = 3; // p_type
    private const ulong DtNull = 0, DtNeeded = 1, DtStrTab = 5, DtRPath = 15, DtRunPath = 29; // d_tag
    private const int MaxEntries = 4096;

    private readonly Stream _file;
    private readonly List<Segment> _segments = [];

    private ElfFile(Stream file, bool is64Bit, bool isBigEndian) => (_file, Is64Bit, IsBigEndian) = (file, is64Bit, isBigEndian);

    internal bool Is64Bit { get; }

    internal bool IsBigEndian { get; }

    /// <summary>e_machine: which processor it is for.</summary>
    internal ushort Machine { get; private set; }

    /// <summary>PT_INTERP: the loader; null for a program that needs none.</summary>
    internal string? Loader { get; private set; }

    /// <summary>DT_NEEDED: names of libraries.</summary>
    internal IReadOnlyList<string> Needed { get; private set; } = [];

    /// <summary>DT_RUNPATH, or DT_RPATH where there is none: where the program itself says its libraries are.</summary>
    internal IReadOnlyList<string> SearchPath { get; private set; } = [];

    /// <summary>Whether both could be parts of one program.</summary>
    internal bool FitsTo(ElfFile other) => Is64Bit == other.Is64Bit && IsBigEndian == other.IsBigEndian && Machine == other.Machine;

    /// <summary>The processor in words. The numbers are those of the ABI's registry.</summary>
    internal string MachineName => Machine switch
    {
        3 => "i386",
        8 => "mips",
        20 => "powerpc",
        21 => IsBigEndian ? "powerpc64" : "powerpc64le",
        22 => "s390x",
        40 => "arm",
        62 => Is64Bit ? "x86-64" : "x32",
        183 => "aarch64",
        243 => Is64Bit ? "riscv64" : "riscv32",
        258 => "loongarch64",
        _ => $"machine {Machine}",
    };

    /// <summary>Reads a file's headers.</summary>
    /// <returns>Null if the file is none of these, or breaks off in its headers.</returns>
    internal static ElfFile? Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file);
    }

    internal static ElfFile? Read(Stream file)
    {
        Span<byte> identification = stackalloc byte[16];
        if (file.ReadAtLeast(identification, identification.Length, throwOnEndOfStream: false) < identification.Length
            || !identification.StartsWith("\u007fELF"u8))
            return null;
        var elf = new ElfFile(file, is64Bit: identification[4] == 2, isBigEndian: identification[5] == 2);
        try
        {
            elf.ReadHeaders();
            return elf;
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private void ReadHeaders()
    {
        Machine = (ushort)Number(18, 2);
        ulong table = Word(Is64Bit ? 32u : 28u); // e_phoff
        ulong size = Number(Is64Bit ? 54u : 42u, 2); // e_phentsize
        ulong count = Number(Is64Bit ? 56u : 44u, 2); // e_phnum
        for (ulong i = 0; i < Math.Min(count, MaxEntries); i++)
        {
            ulong at = checked(table + i * size);
            _segments.Add(Is64Bit
                ? new Segment((uint)Number(at, 4), Number(at + 8, 8), Number(at + 16, 8), Number(at + 32, 8))
                : new Segment((uint)Number(at, 4), Number(at + 4, 4), Number(at + 8, 4), Number(at + 16, 4)));
        }
        if (_segments.Find(segment => segment.Type == PtInterp) is { } loader)
            Loader = Text(loader.Offset);
        if (_segments.Find(segment => segment.Type == PtDynamic) is { } dynamic)
            ReadDynamic(dynamic);
    }

    private void ReadDynamic(Segment dynamic)
    {
        ulong word = Is64Bit ? 8u : 4u;
        var entries = new List<(ulong Tag, ulong Value)>();
        for (ulong at = dynamic.Offset; at < dynamic.Offset + dynamic.FileSize && entries.Count < MaxEntries; at += 2 * word)
        {
            ulong tag = Word(at);
            if (tag == DtNull)
                break;
            entries.Add((tag, Word(at + word)));
        }
        ulong strings = OffsetOf(entries.Find(entry => entry.Tag == DtStrTab).Value);
        Needed = [.. entries.Where(entry => entry.Tag == DtNeeded).Select(entry => Text(strings + entry.Value))];
        ulong pathTag = entries.Exists(entry => entry.Tag == DtRunPath) ? DtRunPath : DtRPath;
        SearchPath = [.. entries.Where(entry => entry.Tag == pathTag).SelectMany(entry => Text(strings + entry.Value).Split(':'))];
    }

    /// <summary>The offset in the file of an address of the running program.</summary>
    private ulong OffsetOf(ulong address) =>
        _segments.Find(segment =>
            segment.Type == PtLoad && address >= segment.Address && address - segment.Address < segment.FileSize) is { } found
            ? found.Offset + (address - found.Address)
            : throw new EndOfStreamException();

    private ulong Word(ulong offset) => Number(offset, Is64Bit ? 8 : 4);

    private ulong Number(ulong offset, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        _file.Position = checked((long)offset);
        // The bytes that are there go where a number of eight bytes has its low end.
        Span<byte> low = IsBigEndian ? bytes[(8 - size)..] : bytes[..size];
        _file.ReadExactly(low);
        return IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private string Text(ulong offset)
    {
        _file.Position = checked((long)offset);
        var bytes = new List<byte>();
        for (int next = _file.ReadByte(); next > 0 && bytes.Count < MaxEntries; next = _file.ReadByte())
            bytes.Add((byte)next);
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>One entry of the program header table.</summary>
    private sealed record Segment(uint Type, ulong Offset, ulong Address, ulong FileSize);
}

using System.Runtime.InteropServices;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>The variables of a request, each looked up once: what has a known name is found at its place, and what came twice is linked. Allocates and throws nothing.</summary>
/// <remarks><code>
///   places     one for each CgiName, then some for names by their hash: the first entry there
///   entries    one for each variable, in the order in which they came: name, value, the next of the same name, the next at the same place
/// </code></remarks>
internal readonly ref struct VariableTable
{
    /// <summary>Places for names that are not known; a power of two. Headers beyond the usual ones are few.</summary>
    private const int Hashes = 64;

    /// <summary>Bytes of the places, rounded up to what the entries begin at.</summary>
    private const int PlacesSize = ((CgiNames.Count + Hashes) * sizeof(ushort) + 7) & ~7;

    private readonly ReadOnlySpan<byte> _block;
    private readonly Span<ushort> _places;
    private readonly Span<Entry> _entries;

    private VariableTable(ReadOnlySpan<byte> block, Span<ushort> places, Span<Entry> entries)
    {
        _block = block;
        _places = places;
        _entries = entries;
    }

    /// <summary>Bytes of memory that a table of so many variables takes.</summary>
    internal static int MemoryFor(int count) => PlacesSize + 8 + count * Entry.Size;

    /// <summary>The number of variables that came.</summary>
    internal int Count => _entries.Length;

    /// <summary>The value of a known variable, and of several with that name the last: web servers send the more particular setting later. Empty if there is none.</summary>
    internal ReadOnlySpan<byte> this[CgiName name] => _places[(int)name] is > 0 and var place ? ValueAt(LastOf(place - 1)) : default;

    /// <summary>Looks all variables up.</summary>
    /// <param name="variables">Well-formed.</param>
    /// <param name="memory">The memory for the table.</param>
    /// <param name="table">Good for as long as both are.</param>
    /// <returns>False if there is no room for it.</returns>
    internal static bool TryMake(CgiVariables variables, scoped ref Arena memory, out VariableTable table)
    {
        table = default;
        Span<byte> places = memory.Take(PlacesSize);
        if (places.IsEmpty)
            return false;
        // Not Span.Clear, which calls the C library.
        Span<ulong> zeros = MemoryMarshal.Cast<byte, ulong>(places);
        for (int i = 0; i < zeros.Length; i++)
            zeros[i] = 0;
        var made = new VariableTable(variables.Block, MemoryMarshal.Cast<byte, ushort>(places), MemoryMarshal.Cast<byte, Entry>(memory.Rest));
        int count = 0, position = 0;
        foreach (CgiVariable variable in variables)
        {
            if (count == made._entries.Length)
                return false;
            int value = position + variable.Name.Length + 1;
            made.Add(count++, variable.Name, new Entry { Name = position, NameLength = variable.Name.Length, Value = value, ValueLength = variable.Value.Length });
            position = value + variable.Value.Length + 1;
        }
        memory.Keep(count * Entry.Size);
        table = new VariableTable(variables.Block, made._places, made._entries[..count]);
        return true;
    }

    /// <summary>The name by which scripts know a variable.</summary>
    internal CgiName KnownAt(int index) => _entries[index].Known;

    internal ReadOnlySpan<byte> NameAt(int index) => _block.Slice(_entries[index].Name, _entries[index].NameLength);

    internal ReadOnlySpan<byte> ValueAt(int index) => _block.Slice(_entries[index].Value, _entries[index].ValueLength);

    /// <summary>True if a variable of the same name came before.</summary>
    internal bool IsRepetition(int index) => _entries[index].IsRepetition;

    /// <summary>The last variable of the same name; the variable itself if it came once.</summary>
    internal int LastOf(int index) => _entries[index].Last;

    /// <summary>The next variable of the same name; -1 if there is none.</summary>
    internal int NextOf(int index) => _entries[index].NextSame - 1;

    /// <summary>True if a variable of that name came.</summary>
    internal bool Contains(ReadOnlySpan<byte> name)
    {
        CgiName known = CgiNames.Of(name);
        return FirstOf(name, known, PlaceOf(name, known)) >= 0;
    }

    private void Add(int index, ReadOnlySpan<byte> name, Entry entry)
    {
        entry.Known = CgiNames.Of(name);
        entry.Last = (ushort)index;
        int place = PlaceOf(name, entry.Known), first = FirstOf(name, entry.Known, place);
        if (first < 0)
        {
            entry.NextHere = _places[place];
            _places[place] = (ushort)(index + 1);
        }
        else
        {
            entry.IsRepetition = true;
            _entries[_entries[first].Last].NextSame = (ushort)(index + 1);
            _entries[first].Last = (ushort)index;
        }
        _entries[index] = entry;
    }

    private int FirstOf(ReadOnlySpan<byte> name, CgiName known, int place)
    {
        int index = _places[place] - 1;
        while (index >= 0 && !known.IsOneName() && !NameAt(index).SequenceEqual(name))
            index = _entries[index].NextHere - 1;
        return index;
    }

    private static int PlaceOf(ReadOnlySpan<byte> name, CgiName known)
    {
        if (known.IsOneName())
            return (int)known;
        uint hash = 0;
        foreach (byte next in name)
            hash = hash * 31 + next;
        return CgiNames.Count + (int)(hash & (Hashes - 1));
    }

    private struct Entry
    {
        internal const int Size = 24;

        internal int Name, NameLength, Value, ValueLength;

        /// <summary>Indexes; the second and third are one higher, and 0 is none.</summary>
        internal ushort Last, NextSame, NextHere;

        internal CgiName Known;
        internal bool IsRepetition;
    }
}

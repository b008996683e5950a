using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Shims.Cgi;

/// <summary>The variables of a request, in the order in which they came. Allocates and throws nothing.</summary>
/// <param name="block"><c>NAME 00 VALUE 00 NAME 00 VALUE 00 ...</c>: the payload of an SCGI header; FastCGI's are brought into the same form.</param>
internal readonly ref struct CgiVariables(ReadOnlySpan<byte> block)
{
    /// <summary>More variables than any web server sends (Apache allows 100 headers), and few enough to compare each with each.</summary>
    internal const int MaxCount = 1024;

    private readonly ReadOnlySpan<byte> _block = block;

    internal ReadOnlySpan<byte> Block => _block;

    /// <summary>
    /// Whether the block is whole pairs with names that can be a variable's: not empty and without '=', which would end the name early in the
    /// script's environment; and not more than <see cref="MaxCount"/>.
    /// </summary>
    internal bool IsWellFormed
    {
        get
        {
            if (_block.IsEmpty || _block[^1] != 0)
                return false;
            int count = 0;
            ReadOnlySpan<byte> rest = _block;
            while (!rest.IsEmpty)
            {
                int nameEnd = LengthOfName(rest);
                if (nameEnd == 0 || rest[nameEnd] != 0)
                    return false;
                rest = rest[(nameEnd + 1)..];
                if (rest.IsEmpty || ++count > MaxCount)
                    return false;
                rest = rest[(LengthOf(rest) + 1)..];
            }
            return true;
        }
    }

    /// <summary>Bytes before the first NUL or '=', of which there is one.</summary>
    private static int LengthOfName(ReadOnlySpan<byte> block)
    {
        if (block.Length >= Vector128<byte>.Count)
        {
            Vector128<byte> start = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(block));
            uint ends = (Vector128.Equals(start, Vector128<byte>.Zero) | Vector128.Equals(start, Vector128.Create((byte)'='))).ExtractMostSignificantBits();
            if (ends != 0)
                return BitOperations.TrailingZeroCount(ends);
        }
        return block.IndexOfAny((byte)0, (byte)'=');
    }

    /// <summary>Bytes before the first NUL, of which there is one.</summary>
    private static int LengthOf(ReadOnlySpan<byte> block)
    {
        // Most names and values are shorter than a vector. For these the general search takes longer to begin than to find.
        if (block.Length >= Vector128<byte>.Count)
        {
            uint ends = Vector128.Equals(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(block)), Vector128<byte>.Zero).ExtractMostSignificantBits();
            if (ends != 0)
                return BitOperations.TrailingZeroCount(ends);
        }
        return block.IndexOf((byte)0);
    }

    /// <summary>
    /// Finds a variable. Of several with one name the last counts: web servers send the more particular setting later, as nginx does for a
    /// parameter that is set again after an include.
    /// </summary>
    /// <returns>False if there is none; then the value is empty.</returns>
    internal bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        bool found = false;
        value = default;
        foreach (CgiVariable variable in this)
        {
            if (!variable.Name.SequenceEqual(name))
                continue;
            value = variable.Value;
            found = true;
        }
        return found;
    }

    /// <summary>A variable's value; empty if there is none.</summary>
    internal ReadOnlySpan<byte> Get(ReadOnlySpan<byte> name)
    {
        TryGet(name, out ReadOnlySpan<byte> value);
        return value;
    }

    public Enumerator GetEnumerator() => new(_block);

    /// <summary>Walks a well-formed block.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> block)
    {
        private ReadOnlySpan<byte> _rest = block;

        public CgiVariable Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
                return false;
            int nameLength = LengthOf(_rest);
            ReadOnlySpan<byte> value = _rest[(nameLength + 1)..];
            int valueLength = LengthOf(value);
            Current = new CgiVariable(_rest[..nameLength], value[..valueLength]);
            _rest = value[(valueLength + 1)..];
            return true;
        }
    }
}

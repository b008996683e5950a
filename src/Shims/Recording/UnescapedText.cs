using System.Text;
using Shims.Cgi;

namespace Shims.Recording;

/// <summary>A text in which one kind of escapes has been undone, and where in the text each of its bytes stands.</summary>
internal sealed class UnescapedText
{
    private const int LongestEntity = 10;

    private readonly byte[] _bytes;

    /// <summary>The position of each byte in the text, and at last the text's length.</summary>
    private readonly int[] _starts;

    private UnescapedText(byte[] bytes, int[] starts) => (_bytes, _starts) = (bytes, starts);

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The same text in all spellings that scripts commonly write values in: as it is, percent-encoded, of a form, in HTML, in JSON, and HTML in JSON.</summary>
    internal static IEnumerable<UnescapedText> AllOf(byte[] text)
    {
        var plain = new UnescapedText(text, [.. Enumerable.Range(0, text.Length + 1)]);
        yield return plain;
        if (text.AsSpan().Contains((byte)'%'))
            yield return plain.Undo(PercentAt);
        if (text.AsSpan().Contains((byte)'+'))
            yield return plain.Undo(FormAt);
        bool hasEntities = text.AsSpan().Contains((byte)'&');
        if (hasEntities)
            yield return plain.Undo(EntityAt);
        if (!text.AsSpan().Contains((byte)'\\'))
            yield break;
        UnescapedText json = plain.Undo(BackslashAt);
        yield return json;
        if (json._bytes.AsSpan().Contains((byte)'&'))
            yield return json.Undo(EntityAt);
    }

    /// <summary>The position of a byte in the text; the text's length for the end.</summary>
    internal int StartOf(int index) => _starts[index];

    private delegate int Escape(ReadOnlySpan<byte> rest, Span<byte> meaning, out int written);

    /// <summary>Undoes one kind of escapes.</summary>
    /// <param name="escape">Reads the escape at the front: how long it is, and what it means; 0 if there is none.</param>
    private UnescapedText Undo(Escape escape)
    {
        var bytes = new byte[_bytes.Length];
        var starts = new int[_bytes.Length + 1];
        Span<byte> meaning = stackalloc byte[4];
        int count = 0;
        for (int i = 0; i < _bytes.Length;)
        {
            int length = escape(_bytes.AsSpan(i), meaning, out int written);
            if (length == 0)
                (length, written, meaning[0]) = (1, 1, _bytes[i]);
            for (int j = 0; j < written; j++)
            {
                bytes[count] = meaning[j];
                starts[count++] = _starts[i];
            }
            i += length;
        }
        starts[count] = _starts[^1];
        return new UnescapedText(bytes[..count], starts[..(count + 1)]);
    }

    /// <summary>RFC 3986 section 2.1.</summary>
    private static int PercentAt(ReadOnlySpan<byte> rest, Span<byte> meaning, out int written)
    {
        written = 1;
        if (rest is not [(byte)'%', _, _, ..])
            return 0;
        return PercentEncoding.Decode(rest[..3], stackalloc byte[3]) is [var value] && (meaning[0] = value) == value ? 3 : 0;
    }

    /// <summary>application/x-www-form-urlencoded: as above, and a plus sign is a blank.</summary>
    private static int FormAt(ReadOnlySpan<byte> rest, Span<byte> meaning, out int written)
    {
        if (rest[0] != (byte)'+')
            return PercentAt(rest, meaning, out written);
        meaning[0] = (byte)' ';
        written = 1;
        return 1;
    }

    /// <summary>HTML: the names that are needed for escaping, and numbers.</summary>
    private static int EntityAt(ReadOnlySpan<byte> rest, Span<byte> meaning, out int written)
    {
        written = 1;
        int end = rest[0] == (byte)'&' ? rest[..Math.Min(rest.Length, LongestEntity)].IndexOf((byte)';') : -1;
        if (end < 0)
            return 0;
        ReadOnlySpan<byte> name = rest[1..end];
        int value = name switch
        {
            [(byte)'#', (byte)'x' or (byte)'X', .. var digits] => Number(digits, 16),
            [(byte)'#', .. var digits] => Number(digits, 10),
            _ when name.SequenceEqual("amp"u8) => '&',
            _ when name.SequenceEqual("lt"u8) => '<',
            _ when name.SequenceEqual("gt"u8) => '>',
            _ when name.SequenceEqual("quot"u8) => '"',
            _ when name.SequenceEqual("apos"u8) => '\'',
            _ => -1,
        };
        return TryWrite(value, meaning, out written) ? end + 1 : 0;
    }

    /// <summary>JSON (RFC 8259 section 7), and what of it string literals of programming languages have besides.</summary>
    private static int BackslashAt(ReadOnlySpan<byte> rest, Span<byte> meaning, out int written)
    {
        written = 1;
        if (rest is not [(byte)'\\', var letter, ..])
            return 0;
        switch (letter)
        {
            case (byte)'n': meaning[0] = (byte)'\n'; return 2;
            case (byte)'r': meaning[0] = (byte)'\r'; return 2;
            case (byte)'t': meaning[0] = (byte)'\t'; return 2;
            case (byte)'b': meaning[0] = (byte)'\b'; return 2;
            case (byte)'f': meaning[0] = (byte)'\f'; return 2;
            case (byte)'x':
                int value = rest.Length >= 4 ? Number(rest[2..4], 16) : -1;
                meaning[0] = (byte)value;
                return value < 0 ? 0 : 4;
            case (byte)'u': return UnicodeAt(rest, meaning, out written);
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'\'' or (byte)'`' or (byte)'$': meaning[0] = letter; return 2;
            default: return 0;
        }
    }

    private static int UnicodeAt(ReadOnlySpan<byte> rest, Span<byte> meaning, out int written)
    {
        int first = rest.Length >= 6 ? Number(rest[2..6], 16) : -1;
        // Characters beyond the first 65536 are written as two.
        int second = rest.Length >= 12 && rest[6] == (byte)'\\' && rest[7] == (byte)'u' ? Number(rest[8..12], 16) : -1;
        if (first is >= 0xD800 and < 0xDC00 && second is >= 0xDC00 and < 0xE000)
            return TryWrite(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), meaning, out written) ? 12 : 0;
        return TryWrite(first, meaning, out written) ? 6 : 0;
    }

    private static bool TryWrite(int character, Span<byte> meaning, out int written)
    {
        written = 1;
        return character > 0 && Rune.TryCreate(character, out Rune rune) && rune.TryEncodeToUtf8(meaning, out written);
    }

    private static int Number(ReadOnlySpan<byte> digits, int radix)
    {
        if (digits.IsEmpty || digits.Length > 7)
            return -1;
        int number = 0;
        foreach (byte digit in digits)
        {
            int value = char.IsAsciiDigit((char)digit) ? digit - '0' : char.IsAsciiHexDigit((char)digit) ? (digit | 0x20) - 'a' + 10 : radix;
            if (value >= radix)
                return -1;
            number = (number * radix) + value;
        }
        return number;
    }
}

namespace Shims.Recording;

/// <summary>Values that are known to be secrets, and where they stand in a text, in whatever spelling.</summary>
/// <param name="maxValues">The largest number that is taken: a request has few, and one that has more is an attack.</param>
internal sealed class KnownSecrets(int maxValues)
{
    /// <summary>Shorter values are taken out at their place only: elsewhere they would hit what has nothing to do with them.</summary>
    private const int ShortestElsewhere = 6;

    /// <summary>Less than this of a secret may be left where a text was cut.</summary>
    private const int ShortestPiece = 3;

    /// <summary>Bytes of an escape, or of quotes and dots, that may stand between a piece of a secret and the cut.</summary>
    private const int LongestEscape = 8;

    private readonly List<byte[]> _values = [];

    /// <summary>Adds a value.</summary>
    internal void Add(ReadOnlySpan<byte> value)
    {
        // A path, which cookies may hold, is not a secret; and the mark must not be found in itself.
        if (value.Length < ShortestElsewhere || value[0] == (byte)'/' || Redaction.Mark.IndexOf(value) >= 0 || _values.Count == maxValues)
            return;
        foreach (byte[] known in _values)
        {
            if (value.SequenceEqual(known))
                return;
        }
        _values.Add(value.ToArray());
    }

    /// <summary>Finds all of them in a text, and what is left of one where the text was cut.</summary>
    /// <param name="text">The text, with one kind of escapes undone.</param>
    /// <param name="cut">The ends at which it was cut.</param>
    /// <param name="found">Gets the places in the text as it stands.</param>
    internal void Find(UnescapedText text, TextCut cut, List<(int Start, int End)> found)
    {
        foreach (byte[] value in _values)
        {
            ReadOnlySpan<byte> rest = text.Bytes;
            for (int at = rest.IndexOf(value), start = 0; at >= 0; at = rest.IndexOf(value))
            {
                start += at;
                found.Add((text.StartOf(start), text.StartOf(start + value.Length)));
                start += value.Length;
                rest = text.Bytes[start..];
            }
            if (cut.HasFlag(TextCut.AtStart) && LengthOfEnd(text.Bytes, value) is > 0 and int end)
                found.Add((0, text.StartOf(end)));
            if (cut.HasFlag(TextCut.AtEnd) && LengthOfStart(text.Bytes, value) is > 0 and int begin)
                found.Add((text.StartOf(text.Bytes.Length - begin), text.StartOf(text.Bytes.Length)));
        }
    }

    /// <summary>The length of a text's beginning that is the end of a value, with the rest of an escape before it.</summary>
    private static int LengthOfEnd(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value)
    {
        for (int skipped = 0; skipped <= Math.Min(LongestEscape, text.Length); skipped++)
        {
            ReadOnlySpan<byte> rest = text[skipped..];
            for (int length = Math.Min(value.Length - 1, rest.Length); length >= (skipped == 0 ? ShortestPiece : ShortestPiece + 1); length--)
            {
                if (rest.StartsWith(value[^length..]))
                    return skipped + length;
            }
        }
        return 0;
    }

    /// <summary>The length of a text's end that is the start of a value, with the rest of an escape after it.</summary>
    private static int LengthOfStart(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value)
    {
        for (int skipped = 0; skipped <= Math.Min(LongestEscape, text.Length); skipped++)
        {
            ReadOnlySpan<byte> rest = text[..^skipped];
            for (int length = Math.Min(value.Length - 1, rest.Length); length >= (skipped == 0 ? ShortestPiece : ShortestPiece + 1); length--)
            {
                if (rest.EndsWith(value[..length]))
                    return skipped + length;
            }
        }
        return 0;
    }
}

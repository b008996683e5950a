using Shims.Buffers;

namespace Shims.Cgi;

/// <summary>Undoes the percent-encoding of a path. RFC 3986 section 2.1. Allocates and throws nothing.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes as far as it can be decoded: a percent sign without two hexadecimal digits stays what it is, and so does %00, which would end a variable.</summary>
    /// <param name="encoded">The path as it was requested.</param>
    /// <param name="destination">At least as long as <paramref name="encoded"/>.</param>
    /// <param name="keepSlashes">True if %2F stays what it is.</param>
    /// <returns>The part of the destination that was written.</returns>
    internal static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded, Span<byte> destination, bool keepSlashes = false)
    {
        int written = encoded.IndexOf((byte)'%');
        if (written < 0)
            written = encoded.Length;
        encoded[..written].CopyInto(destination);
        encoded = encoded[written..];
        while (!encoded.IsEmpty)
        {
            ReadOnlySpan<byte> before = encoded;
            byte next = Take(ref encoded);
            if (keepSlashes && next == (byte)'/' && before[0] != next)
            {
                next = before[0];
                encoded = before[1..];
            }
            destination[written++] = next;
        }
        return destination[..written];
    }

    /// <summary>True if a path is encoded as the URL was, and not what has been decoded of it: the components from its first percent sign on
    /// are the last ones of the URL's path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="url">The path of the URL, as the client sent it.</param>
    internal static bool IsStillIn(ReadOnlySpan<byte> path, ReadOnlySpan<byte> url)
    {
        int start = path.IndexOf((byte)'%');
        if (start < 0)
            return false;
        while (start > 0 && path[start - 1] != (byte)'/')
            start--;
        int end = url.Length;
        for (int i = path[start..].Count((byte)'/'); i >= 0; i--)
        {
            while (end > 0 && url[end - 1] != (byte)'/')
                end--;
            if (end == 0)
                return false;
            end--;
        }
        return MeanTheSame(path[start..], url[(end + 1)..]);
    }

    /// <summary>True if two texts are the same once both are decoded.</summary>
    internal static bool MeanTheSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.SequenceEqual(other))
            return true;
        while (!one.IsEmpty && !other.IsEmpty)
        {
            if (Take(ref one) != Take(ref other))
                return false;
        }
        return one.IsEmpty && other.IsEmpty;
    }

    /// <summary>Takes one decoded byte off the front.</summary>
    private static byte Take(ref ReadOnlySpan<byte> encoded)
    {
        byte next = encoded[0];
        int length = 1;
        if (next == (byte)'%' && encoded.Length > 2 && HexValue(encoded[1]) is >= 0 and int high && HexValue(encoded[2]) is >= 0 and int low && (high | low) != 0)
        {
            next = (byte)(high << 4 | low);
            length = 3;
        }
        encoded = encoded[length..];
        return next;
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}

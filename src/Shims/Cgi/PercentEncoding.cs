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
            destination[written++] = keepSlashes ? TakeUnlessSlash(ref encoded) : Take(ref encoded);
        return destination[..written];
    }

    /// <summary>True if a path is encoded as the URL was, and not what has been decoded of it: the components from its first percent sign on
    /// are the last ones of the URL's path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="url">The path of the URL, as the client sent it.</param>
    internal static bool IsStillIn(ReadOnlySpan<byte> path, ReadOnlySpan<byte> url) =>
        TryAlign(ref path, ref url) && MeanTheSame(path, url);

    /// <summary>True if a path is an encoding of one that has been decoded: the components from its first percent sign on are the last ones of
    /// the other, once decoded. %2F stays what it is.</summary>
    /// <param name="path">The path.</param>
    /// <param name="plain">The decoded path.</param>
    internal static bool IsEncodingOf(ReadOnlySpan<byte> path, ReadOnlySpan<byte> plain)
    {
        if (!TryAlign(ref path, ref plain))
            return false;
        while (!path.IsEmpty && !plain.IsEmpty)
        {
            if (TakeUnlessSlash(ref path) != plain[0])
                return false;
            plain = plain[1..];
        }
        return path.IsEmpty && plain.IsEmpty;
    }

    /// <summary>Cuts a path before the component with its first percent sign, and another so that it has as many components.</summary>
    /// <returns>False if there is no percent sign, or if the other has fewer components.</returns>
    private static bool TryAlign(scoped ref ReadOnlySpan<byte> path, scoped ref ReadOnlySpan<byte> other)
    {
        int start = path.IndexOf((byte)'%');
        if (start < 0)
            return false;
        while (start > 0 && path[start - 1] != (byte)'/')
            start--;
        path = path[start..];
        int end = other.Length;
        for (int i = path.Count((byte)'/'); i >= 0; i--)
        {
            while (end > 0 && other[end - 1] != (byte)'/')
                end--;
            if (end == 0)
                return false;
            end--;
        }
        other = other[(end + 1)..];
        return true;
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

    /// <summary>Takes one decoded byte off the front; of %2F only the percent sign.</summary>
    private static byte TakeUnlessSlash(ref ReadOnlySpan<byte> encoded)
    {
        ReadOnlySpan<byte> before = encoded;
        byte next = Take(ref encoded);
        if (next != (byte)'/' || before[0] == next)
            return next;
        encoded = before[1..];
        return before[0];
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}

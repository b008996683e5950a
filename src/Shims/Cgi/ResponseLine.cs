namespace Shims.Cgi;

/// <summary>One line of a CGI response's header, taken apart. Allocates and throws nothing.</summary>
internal static class ResponseLine
{
    /// <summary>Takes the first line off a header block.</summary>
    /// <param name="block">Whole lines; moves past the line.</param>
    /// <returns>The line without its end.</returns>
    internal static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> block)
    {
        int end = block.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = block[..end];
        block = block[(end + 1)..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="name">The header's name.</param>
    /// <param name="value">Its value, without the blanks around it.</param>
    internal static ResponseLineKind Read(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (HasControl(line))
            return ResponseLineKind.Ambiguous;
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || !IsToken(line[..colon]))
            return ResponseLineKind.NoHeader;
        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        if (Is(name, "Status"u8))
            return ResponseLineKind.Status;
        if (Is(name, "Content-Length"u8))
            return ResponseLineKind.ContentLength;
        if (Is(name, "Location"u8))
            return ResponseLineKind.Location;
        if (Is(name, "Transfer-Encoding"u8))
            return ResponseLineKind.TransferEncoding;
        if (Is(name, "X-Request-Id"u8))
            return ResponseLineKind.RequestId;
        return IsHopByHop(name) ? ResponseLineKind.HopByHop : ResponseLineKind.Other;
    }

    /// <summary>The code at the beginning of a status, 200 to 999.</summary>
    /// <returns>0 if there is none.</returns>
    internal static int StatusOf(ReadOnlySpan<byte> value)
    {
        bool isNumber = value.Length >= 3 && IsNumber(value[..3]) && (value.Length == 3 || value[3] == (byte)' ');
        int code = isNumber ? (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0') : 0;
        return code < 200 ? 0 : code;
    }

    internal static bool IsNumber(ReadOnlySpan<byte> value)
    {
        foreach (byte digit in value)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
        }
        return !value.IsEmpty;
    }

    /// <summary>The longest length that is read: 18 digits fit into every parser's 64 bits, 19 need not.</summary>
    internal const int MaxLengthDigits = 18;

    /// <summary>True if the last coding of a Transfer-Encoding is <c>chunked</c>. RFC 9112 section 6.1.</summary>
    internal static bool IsChunked(ReadOnlySpan<byte> value) => value.Length >= 7 && Is(value[^7..], "chunked"u8);

    /// <summary>RFC 9110 section 5.5: what web servers and browsers may take for a line's end, or not show. A tab is a blank.</summary>
    private static bool HasControl(ReadOnlySpan<byte> line)
    {
        foreach (byte character in line)
        {
            if (character is < (byte)' ' and not (byte)'\t' or 0x7f)
                return true;
        }
        return false;
    }

    /// <summary>RFC 9110 section 5.6.2.</summary>
    internal static bool IsToken(ReadOnlySpan<byte> name)
    {
        foreach (byte character in name)
        {
            bool isAlphanumeric = (uint)((character | 0x20) - 'a') < 26 || (uint)(character - '0') < 10;
            if (!isAlphanumeric && "!#$%&'*+-.^_`|~"u8.IndexOf(character) < 0)
                return false;
        }
        return true;
    }

    private static bool IsHopByHop(ReadOnlySpan<byte> name) =>
        Is(name, "Connection"u8) || Is(name, "Keep-Alive"u8) || Is(name, "Proxy-Connection"u8) ||
        Is(name, "TE"u8) || Is(name, "Trailer"u8) || Is(name, "Upgrade"u8);

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => System.Text.Ascii.EqualsIgnoreCase(name, known);
}

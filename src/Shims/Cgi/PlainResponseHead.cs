using Shims.Buffers;

namespace Shims.Cgi;

/// <summary>The header of nearly every CGI response, brought into the form that <see cref="ResponseHead"/> gives it. Allocates and throws nothing.</summary>
/// <remarks>No Location, no status without words or without a body, no second Status or Content-Length, and nothing wrong with it: all else is for <see cref="ResponseHead"/>.</remarks>
internal static class PlainResponseHead
{
    /// <summary>Writes the header as it goes to the web server.</summary>
    /// <param name="block">The block with the empty line at its end.</param>
    /// <param name="bodyLength">Bytes that follow it; a Content-Length that says otherwise is out of the ordinary.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="length">Bytes written.</param>
    /// <returns>False for what is out of the ordinary.</returns>
    internal static bool TryWrite(ReadOnlySpan<byte> block, int bodyLength, Span<byte> destination, out int length)
    {
        length = 0;
        if (!TryFindStatus(block, bodyLength, out ReadOnlySpan<byte> status))
            return false;
        if (!Append("Status: "u8, destination, ref length) || !Append(status, destination, ref length) || !Append("\r\n"u8, destination, ref length))
            return false;
        while (ResponseLine.Take(ref block) is { IsEmpty: false } line)
        {
            if (ResponseLine.Read(line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) is ResponseLineKind.Status or ResponseLineKind.HopByHop)
                continue;
            if (!Append(name, destination, ref length) || !Append(": "u8, destination, ref length) || !Append(value, destination, ref length) || !Append("\r\n"u8, destination, ref length))
                return false;
        }
        return Append("\r\n"u8, destination, ref length);
    }

    private static bool TryFindStatus(ReadOnlySpan<byte> block, int bodyLength, out ReadOnlySpan<byte> status)
    {
        status = default;
        bool hasLength = false;
        int count = 0;
        while (ResponseLine.Take(ref block) is { IsEmpty: false } line)
        {
            ResponseLineKind kind = ResponseLine.Read(line, out _, out ReadOnlySpan<byte> value);
            // No switch: it may become a jump through a table, whose safety would be harder to see.
            bool isPlain = kind is ResponseLineKind.HopByHop or ResponseLineKind.Other;
            if (kind == ResponseLineKind.Status)
                isPlain = status.IsEmpty && value.Length > 4 && ResponseLine.StatusOf(value) is not (0 or 204 or 304);
            if (kind == ResponseLineKind.ContentLength)
                isPlain = !hasLength && IsLength(value, bodyLength);
            if (!isPlain || ++count > ResponseHead.MaxLines)
                return false;
            if (kind == ResponseLineKind.Status)
                status = value;
            hasLength |= kind == ResponseLineKind.ContentLength;
        }
        if (status.IsEmpty)
            status = "200 OK"u8;
        return count > 0;
    }

    private static bool IsLength(ReadOnlySpan<byte> digits, int expected)
    {
        long value = 0;
        foreach (byte digit in digits)
            value = value * 10 + (digit - (byte)'0');
        return ResponseLine.IsNumber(digits) && digits.Length <= 10 && value == expected;
    }

    private static bool Append(ReadOnlySpan<byte> part, Span<byte> destination, ref int length)
    {
        if (part.Length > destination.Length - length)
            return false;
        part.CopyInto(destination[length..]);
        length += part.Length;
        return true;
    }
}

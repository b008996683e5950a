using Shims.Buffers;

namespace Shims.Cgi;

/// <summary>The header of a CGI response that says nothing of status, length or place, brought into the form that <see cref="ResponseHead"/> gives it. Allocates and throws nothing.</summary>
internal static class PlainResponseHead
{
    /// <summary>Writes the header as it goes to the web server.</summary>
    /// <param name="block">The block with the empty line at its end.</param>
    /// <param name="requestId">Goes out as a header of its own.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="length">Bytes written.</param>
    /// <returns>False for all else, which is for <see cref="ResponseHead"/>, and for what does not fit.</returns>
    internal static bool TryWrite(ReadOnlySpan<byte> block, ReadOnlySpan<byte> requestId, Span<byte> destination, out int length)
    {
        length = 0;
        int count = 0;
        bool isPlain = Append("Status: 200 OK\r\n"u8, destination, ref length);
        while (isPlain && ResponseLine.Take(ref block) is { IsEmpty: false } line)
        {
            isPlain = ++count <= ResponseHead.MaxLines
                && ResponseLine.Read(line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) == ResponseLineKind.Other
                && Append(name, destination, ref length) && Append(": "u8, destination, ref length) && Append(value, destination, ref length) && Append("\r\n"u8, destination, ref length);
        }
        return isPlain && count > 0 && Append("X-Request-Id: "u8, destination, ref length)
            && Append(requestId, destination, ref length) && Append("\r\n\r\n"u8, destination, ref length);
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

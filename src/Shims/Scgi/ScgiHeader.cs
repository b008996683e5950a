using System.Buffers;
using Shims.Cgi;

namespace Shims.Scgi;

/// <summary>The header of an SCGI request: one netstring of NUL-terminated names and values. Allocates and throws nothing.</summary>
/// <remarks>Spec: SCGI section 3. The body that follows is not framed; it is as long as CONTENT_LENGTH says.</remarks>
internal static class ScgiHeader
{
    /// <summary>
    /// Bytes of the shortest possible header, <c>17:CONTENT_LENGTH 00 0 00,</c>. So many can be read before the length is known, without any
    /// danger of taking a byte of the body.
    /// </summary>
    internal const int ShortestSize = 21;

    /// <summary>Reads the length of the header, comma included.</summary>
    /// <param name="received">The first bytes of the connection.</param>
    /// <param name="maxLength">Largest header to accept, in bytes.</param>
    /// <param name="size">At least <see cref="ShortestSize"/> if the result is Done, else 0.</param>
    /// <returns>
    /// Done; NeedMoreData if fewer bytes than <see cref="ShortestSize"/> have come and the length is not among them; DestinationTooSmall if it is over the limit; InvalidData if it is
    /// not a length, or one that no header can have.
    /// </returns>
    internal static OperationStatus TryGetSize(ReadOnlySpan<byte> received, int maxLength, out int size)
    {
        OperationStatus status = NetstringReader.TryReadLength(received, maxLength, out int start, out int length);
        size = status == OperationStatus.Done ? start + length + 1 : 0;
        // Of a header shorter than any can be, the first read may already have gone past the end.
        if (status != OperationStatus.Done || size >= ShortestSize)
            return status;
        size = 0;
        return OperationStatus.InvalidData;
    }

    /// <summary>Reads a complete header.</summary>
    /// <param name="received">The netstring, from its first digit to its comma.</param>
    /// <param name="maxLength">Largest header to accept, in bytes.</param>
    /// <param name="variables">Views into <paramref name="received"/>.</param>
    /// <returns>Done; InvalidData if it is not a netstring, or its payload not a list of names and values.</returns>
    internal static OperationStatus TryRead(ReadOnlySpan<byte> received, int maxLength, out CgiVariables variables)
    {
        variables = default;
        OperationStatus status = new NetstringReader(received).TryRead(maxLength, out ReadOnlySpan<byte> payload);
        if (status != OperationStatus.Done)
            return status;
        variables = new CgiVariables(payload);
        return variables.IsWellFormed ? OperationStatus.Done : OperationStatus.InvalidData;
    }
}

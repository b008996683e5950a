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

    /// <summary>How many more bytes surely belong to the header, and so can be read next.</summary>
    /// <param name="received">What has been read so far.</param>
    /// <param name="maxLength">Largest header to accept, in bytes.</param>
    /// <param name="missing">Zero once the header, comma included, is complete.</param>
    /// <returns>Done, DestinationTooSmall or InvalidData (see <see cref="NetstringReader"/>).</returns>
    internal static OperationStatus TryGetMissing(ReadOnlySpan<byte> received, int maxLength, out int missing)
    {
        OperationStatus status = NetstringReader.TryReadLength(received, maxLength, out int start, out int length);
        if (status == OperationStatus.NeedMoreData)
        {
            missing = Math.Max(1, ShortestSize - received.Length);
            return OperationStatus.Done;
        }
        missing = status == OperationStatus.Done ? start + length + 1 - received.Length : 0;
        // The first read may have taken more than a header that is shorter than any can be.
        return missing < 0 ? OperationStatus.InvalidData : status;
    }

    /// <summary>How long the header is, comma included.</summary>
    /// <returns>False if that cannot be said yet, or is no acceptable length.</returns>
    internal static bool TryGetSize(ReadOnlySpan<byte> received, int maxLength, out int size)
    {
        bool isKnown = NetstringReader.TryReadLength(received, maxLength, out int start, out int length) == OperationStatus.Done;
        size = start + length + 1;
        return isKnown;
    }

    /// <summary>Reads a complete header.</summary>
    /// <param name="received">The netstring, from its first digit to its comma.</param>
    /// <param name="maxLength">Largest header to accept, in bytes.</param>
    /// <param name="variables">Views into <paramref name="received"/>.</param>
    /// <returns>Done; InvalidData if it is no netstring, or its payload no list of names and values.</returns>
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

using System.Buffers;

namespace Shims.Scgi;

/// <summary>Reads netstrings off the front of a buffer without copying them. Allocates and throws nothing.</summary>
/// <remarks><code>
///   "70"   ":"   "CONTENT_LENGTH" 00 "27" 00 ...   ","
///   1-9     1     as many as the digits say         1     bytes
/// </code>Spec: SCGI section 3; netstrings (D. J. Bernstein, 1997).</remarks>
internal ref struct NetstringReader(ReadOnlySpan<byte> buffer)
{
    /// <summary>More digits than this cannot be a length: 999,999,999 bytes is beyond every limit.</summary>
    internal const int MaxDigits = 9;

    private ReadOnlySpan<byte> _rest = buffer;

    /// <summary>Takes the next netstring. The reader moves only when the result is Done.</summary>
    /// <param name="maxLength">Largest payload to accept, in bytes.</param>
    /// <param name="payload">A view into the buffer: good for as long as the buffer is.</param>
    /// <returns>Done; NeedMoreData if the bytes are a proper prefix; DestinationTooSmall if the payload is over the limit; otherwise InvalidData.</returns>
    internal OperationStatus TryRead(int maxLength, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        OperationStatus status = TryReadLength(_rest, maxLength, out int start, out int length);
        if (status != OperationStatus.Done)
            return status;
        ReadOnlySpan<byte> body = _rest[start..];
        if (body.Length <= length)
            return OperationStatus.NeedMoreData;
        if (body[length] != (byte)',')
            return OperationStatus.InvalidData;
        payload = body[..length];
        _rest = body[(length + 1)..];
        return OperationStatus.Done;
    }

    /// <summary>Reads the digits and the colon only.</summary>
    /// <param name="buffer">The front of a netstring.</param>
    /// <param name="maxLength">Largest payload to accept, in bytes.</param>
    /// <param name="start">The position of the payload.</param>
    /// <param name="length">Its length, without the comma.</param>
    /// <returns>As <see cref="TryRead"/>.</returns>
    /// <remarks>
    /// Digits are read by hand: int.TryParse allows a trailing NUL, which the grammar does not, and wants a culture, which the exec path has
    /// not got. A leading zero is refused: two spellings of one length let two parsers disagree about where the body starts.
    /// </remarks>
    internal static OperationStatus TryReadLength(ReadOnlySpan<byte> buffer, int maxLength, out int start, out int length)
    {
        start = length = 0;
        for (int i = 0; i < buffer.Length; i++)
        {
            byte next = buffer[i];
            if (next == (byte)':' && i > 0)
            {
                start = i + 1;
                return length <= maxLength ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
            }
            bool isDigit = next is >= (byte)'0' and <= (byte)'9';
            bool hasLeadingZero = i == 1 && buffer[0] == (byte)'0';
            if (!isDigit || hasLeadingZero || i == MaxDigits)
                return OperationStatus.InvalidData;
            length = length * 10 + (next - (byte)'0');
        }
        return OperationStatus.NeedMoreData;
    }
}

namespace Shims.Cgi;

/// <summary>Takes the chunks off a body that a script has chunked itself.</summary>
/// <remarks><code>
///   chunk-size [ chunk-ext ] CRLF   chunk-data CRLF   ...   "0" [ chunk-ext ] CRLF   trailers CRLF
///   hexadecimal
/// </code>RFC 9112 section 7.1. Extensions and trailers are dropped. A line of the framing ends in CRLF, and in nothing else: a recipient that
/// takes a lone CR or LF for an end divides the body elsewhere. Lines of trailers may end in LF (section 2.2).</remarks>
internal sealed class ChunkedBody
{
    /// <summary>Hexadecimal digits of a length: more would not fit into 63 bits.</summary>
    private const int MaxSizeDigits = 15;

    private State _state = State.Size;
    private int _digits;
    private bool _isLineEmpty = true;
    private long _left;

    private enum State : byte
    {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataEnd,
        DataLineFeed,
        Trailers,
        Ended,
        Malformed,
    }

    /// <summary>True if the last chunk has come.</summary>
    internal bool HasEnded => _state == State.Ended;

    /// <summary>True if what came is not a chunked body.</summary>
    internal bool IsMalformed => _state == State.Malformed;

    /// <summary>Looks at the beginning of a body: does it begin with a chunk, or has the script only said so?</summary>
    /// <param name="start">The part of the body that has come.</param>
    /// <returns>Null if it is too little to tell.</returns>
    internal static bool? LooksChunked(ReadOnlySpan<byte> start)
    {
        int digits = 0;
        while (digits < start.Length && digits <= MaxSizeDigits && IsHexadecimal(start[digits]))
            digits++;
        if (digits == start.Length && digits <= MaxSizeDigits)
            return null;
        if (digits is 0 or > MaxSizeDigits)
            return false;
        ReadOnlySpan<byte> end = start[digits..].TrimStart(" \t"u8);
        return end switch
        {
            [] or [(byte)'\r'] => null,
            // One that ends its lines in LF alone is malformed, and not text.
            [(byte)'\r', (byte)'\n', ..] or [(byte)'\n', ..] or [(byte)';', ..] => true,
            _ => false,
        };
    }

    /// <summary>Decodes the next part of the body in place.</summary>
    /// <param name="part">The bytes that have come.</param>
    /// <returns>The number of bytes of the body that are at its front now.</returns>
    internal int Decode(Span<byte> part)
    {
        int decoded = 0, at = 0;
        while (at < part.Length && _state is not (State.Ended or State.Malformed))
        {
            if (_state != State.Data)
            {
                TakeByte(part[at++]);
                continue;
            }
            int count = (int)Math.Min(_left, part.Length - at);
            part.Slice(at, count).CopyTo(part[decoded..]);
            at += count;
            decoded += count;
            _left -= count;
            if (_left == 0)
                _state = State.DataEnd;
        }
        return decoded;
    }

    private void TakeByte(byte next)
    {
        switch (_state)
        {
            case State.Size:
                TakeSize(next);
                break;
            case State.Extension when next == (byte)'\r':
                _state = State.SizeEnd;
                break;
            case State.Extension when next != (byte)'\n':
                break;
            case State.SizeEnd when next == (byte)'\n':
                BeginChunk();
                break;
            case State.DataEnd when next == (byte)'\r':
                _state = State.DataLineFeed;
                break;
            case State.DataLineFeed when next == (byte)'\n':
                _state = State.Size;
                break;
            case State.Trailers:
                TakeTrailer(next);
                break;
            default:
                _state = State.Malformed;
                break;
        }
    }

    private void TakeSize(byte next)
    {
        if (IsHexadecimal(next) && _digits < MaxSizeDigits)
        {
            _digits++;
            _left = _left * 16 + (next <= (byte)'9' ? next - '0' : (next | 0x20) - 'a' + 10);
        }
        else if (_digits > 0 && next is (byte)';' or (byte)' ' or (byte)'\t')
        {
            _state = State.Extension;
        }
        else if (_digits > 0 && next == (byte)'\r')
        {
            _state = State.SizeEnd;
        }
        else
        {
            _state = State.Malformed;
        }
    }

    private void BeginChunk()
    {
        _state = _left > 0 ? State.Data : State.Trailers;
        _digits = 0;
    }

    /// <summary>The body ends with the first empty line after the last chunk.</summary>
    private void TakeTrailer(byte next)
    {
        if (next == (byte)'\n' && _isLineEmpty)
            _state = State.Ended;
        else if (next != (byte)'\r')
            _isLineEmpty = next == (byte)'\n';
    }

    private static bool IsHexadecimal(byte character) => (uint)(character - '0') < 10 || (uint)((character | 0x20) - 'a') < 6;
}

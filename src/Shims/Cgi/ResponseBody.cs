namespace Shims.Cgi;

/// <summary>Bounds the body of a script's response by its Content-Length, and decodes the chunks that a script may have made of it.</summary>
/// <param name="length">The Content-Length; null if there is none.</param>
/// <param name="isChunked">True if the script has chunked it itself.</param>
internal sealed class ResponseBody(long? length, bool isChunked)
{
    private readonly ChunkedBody? _chunks = isChunked ? new ChunkedBody() : null;

    /// <summary>Bytes that are still to come; <see cref="long.MaxValue"/> if that is not known.</summary>
    internal long Left { get; private set; } = length ?? long.MaxValue;

    /// <summary>True if the script has written more than belongs to the body.</summary>
    internal bool HasSurplus { get; private set; }

    /// <summary>True if everything that the header announces is there.</summary>
    internal bool IsWhole => _chunks?.HasEnded ?? Left == 0;

    /// <summary>True if more was announced than has come.</summary>
    internal bool IsShort => _chunks is null ? length is not null && Left > 0 : !_chunks.HasEnded;

    /// <summary>True if the chunks are not chunks.</summary>
    internal bool IsMalformed => _chunks is { IsMalformed: true };

    /// <summary>True if the bytes may pass without being looked at, up to <see cref="Left"/>.</summary>
    internal bool IsPlain => _chunks is null;

    /// <summary>Takes the next part of what the script writes, in place.</summary>
    /// <param name="part">The part.</param>
    /// <returns>The number of bytes at its front that are the body's.</returns>
    internal int Take(Span<byte> part)
    {
        if (_chunks is not null)
            return _chunks.Decode(part);
        int count = (int)Math.Min(Left, part.Length);
        HasSurplus |= count < part.Length;
        Passed(count);
        return count;
    }

    /// <summary>Bytes of the body have passed without being looked at.</summary>
    internal void Passed(long count)
    {
        if (length is not null)
            Left -= count;
    }
}

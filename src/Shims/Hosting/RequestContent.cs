namespace Shims.Hosting;

/// <summary>The body of a request, and what is told about it.</summary>
/// <param name="Body">The body, as it comes in.</param>
/// <param name="Type">The media type; null if none was told.</param>
/// <param name="Length">Bytes; null if only its end will tell.</param>
internal readonly record struct RequestContent(Stream Body, string? Type, long? Length)
{
    /// <summary>The media type without its parameters.</summary>
    internal ReadOnlySpan<char> BareType
    {
        get
        {
            ReadOnlySpan<char> type = Type;
            int semicolon = type.IndexOf(';');
            return (semicolon < 0 ? type : type[..semicolon]).Trim();
        }
    }

    /// <summary>Reads all of it into memory, up to a limit.</summary>
    /// <param name="limit">Bytes at most.</param>
    /// <param name="name">The body in a message.</param>
    /// <exception cref="BadRequestException">It is larger (413).</exception>
    internal ReadOnlySpan<byte> ReadAll(int limit, string name)
    {
        if (Length > limit)
            throw new BadRequestException(413, $"{name} is larger than {limit} bytes");
        using var all = new MemoryStream((int)(Length ?? 0));
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = Body.Read(buffer)) > 0)
        {
            if (all.Length + count > limit)
                throw new BadRequestException(413, $"{name} is larger than {limit} bytes");
            all.Write(buffer.AsSpan(0, count));
        }
        return all.GetBuffer().AsSpan(0, (int)all.Length);
    }
}

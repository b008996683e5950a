using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Finds the script that a URL names which no web server has decoded (AJP13): the path is divided at its slashes, and then its parts are decoded. Allocates and throws nothing.</summary>
/// <remarks>Decoded first, <c>/private%2Fa.cgi</c> would lead to a file past the rules that the web server has for <c>/private/</c>.</remarks>
internal static class EncodedUrl
{
    /// <summary>Finds the script.</summary>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="encoded">The path of the URL, as the client sent it.</param>
    /// <param name="memory">The memory for the result.</param>
    /// <param name="found">The script, if the result is Found.</param>
    /// <param name="url">How the URL divides at it.</param>
    internal static Resolution Find(scoped in ScriptTarget target, ReadOnlySpan<byte> encoded, scoped ref Arena memory, out FoundScript found, out ScriptUrl url)
    {
        found = default;
        url = default;
        Span<byte> divided = memory.Take(encoded.Length), rest = memory.Take(encoded.Length);
        if (encoded.IsEmpty)
            return Resolution.NotFound; // OPTIONS *
        if (divided.IsEmpty || rest.IsEmpty)
            return Resolution.TooLong;
        Resolution resolution = UrlResolver.Walk(target, PercentEncoding.Decode(encoded, divided, keepSlashes: true), default, encoded, ref memory, out found, out url);
        if (resolution != Resolution.Found)
            return resolution;
        int end = encoded.Length;
        for (int slashes = url.PathInfo.Count((byte)'/'); slashes > 0; slashes--)
            end = encoded[..end].LastIndexOf((byte)'/');
        if (HasSlashOrNul(encoded[..end]))
        {
            found.Held.Release();
            return Resolution.NotFound;
        }
        if (found.Index.IsEmpty)
            url = ScriptUrl.Of(url.ScriptName, PercentEncoding.Decode(encoded[end..], rest));
        return Resolution.Found;
    }

    /// <summary>True if a slash or a NUL is encoded in a path.</summary>
    private static bool HasSlashOrNul(ReadOnlySpan<byte> encoded) =>
        encoded.IndexOf("%2F"u8) >= 0 || encoded.IndexOf("%2f"u8) >= 0 || encoded.IndexOf("%00"u8) >= 0;
}

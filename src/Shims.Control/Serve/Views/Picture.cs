namespace Shims.Control.Serve.Views;

/// <summary>Recognises pictures that a browser shows, by their first bytes.</summary>
/// <remarks>The page shows them in an <c>img</c> element, where nothing in them runs, not even scripts of SVG.</remarks>
internal static class Picture
{
    /// <summary>The URL that holds a picture.</summary>
    /// <param name="bytes">A whole body.</param>
    /// <param name="type">Its Content-Type, which counts only for SVG.</param>
    /// <returns>Null if the bytes are not a picture.</returns>
    internal static string? ToUrl(ReadOnlySpan<byte> bytes, MediaType type) =>
        (type.Name == "image/svg+xml" ? type.Name : Recognise(bytes)) is { } name
            ? $"data:{name};base64,{Convert.ToBase64String(bytes)}"
            : null;

    private static string? Recognise(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]) ? "image/png"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "image/jpeg"
        : bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) ? "image/gif"
        : bytes.StartsWith("RIFF"u8) && bytes.Length > 12 && bytes[8..].StartsWith("WEBP"u8) ? "image/webp"
        : bytes.Length > 12 && bytes[4..].StartsWith("ftypavif"u8) ? "image/avif"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0]) && bytes.Length > 22 ? "image/x-icon"
        : bytes.StartsWith("BM"u8) && bytes.Length > 26 && bytes[6..10].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0]) ? "image/bmp"
        : null;
}

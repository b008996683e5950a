using System.Text;
using System.Text.Unicode;

namespace Shims.Control.Serve.Views;

/// <summary>Decides whether bytes are text, and decodes them.</summary>
internal static class BodyText
{
    /// <summary>Decodes text.</summary>
    /// <param name="bytes">The bytes that are kept.</param>
    /// <param name="isWhole">Whether they are all; else the last character may be incomplete.</param>
    /// <param name="charset">The charset of Content-Type; null for none.</param>
    /// <returns>Null if they are not text.</returns>
    internal static string? Of(ReadOnlySpan<byte> bytes, bool isWhole, string? charset = null)
    {
        if (bytes.ContainsAny("\0\u0001\u0002\u0003\u0004\u0005\u0006\u000e\u000f"u8))
            return null;
        if (charset?.ToUpperInvariant() is "ISO-8859-1" or "LATIN1" or "WINDOWS-1252")
            return Encoding.Latin1.GetString(bytes);
        for (int cut = 0; !isWhole && cut < 3 && bytes.Length > 0 && !Utf8.IsValid(bytes); cut++)
            bytes = bytes[..^1];
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }
}

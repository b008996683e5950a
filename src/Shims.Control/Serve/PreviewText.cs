namespace Shims.Control.Serve;

/// <summary>The start of a body, for the inspector's page.</summary>
/// <param name="Text">Text, or bytes in hexadecimal.</param>
/// <param name="IsText">Whether it is text.</param>
/// <param name="Length">The length of the whole in bytes.</param>
/// <param name="IsWhole">Whether all bytes are kept.</param>
internal sealed record PreviewText(string Text, bool IsText, long Length, bool IsWhole)
{
    internal static PreviewText Of(Preview preview)
    {
        string text = preview.ToText(out bool isText);
        return new PreviewText(text, isText, preview.Length, preview.IsWhole);
    }
}

namespace Shims.Control.Serve;

/// <summary>The beginning of a body, as the page gets it.</summary>
/// <param name="Text">Text, or bytes in hexadecimal.</param>
/// <param name="IsText">Which of the two.</param>
/// <param name="Length">Bytes of the whole.</param>
/// <param name="IsWhole">Whether nothing was left out.</param>
internal sealed record PreviewText(string Text, bool IsText, long Length, bool IsWhole)
{
    internal static PreviewText Of(Preview preview)
    {
        string text = preview.ToText(out bool isText);
        return new PreviewText(text, isText, preview.Length, preview.IsWhole);
    }
}

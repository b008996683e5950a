using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Shims.Control.Serve.Views;

/// <summary>Indents JSON. Numbers, the order of names and repeated names stay as they are.</summary>
internal static class JsonView
{
    private static readonly JsonWriterOptions s_indented = new()
    {
        Indented = true,
        // The page adds it as text, never as markup.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <param name="bytes">The whole document.</param>
    /// <param name="fault">The position of the first mistake, in words; null if there is none.</param>
    /// <returns>Null if it is not JSON.</returns>
    internal static string? Indent(ReadOnlyMemory<byte> bytes, out string? fault)
    {
        fault = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            using var result = new MemoryStream();
            using (var writer = new Utf8JsonWriter(result, s_indented))
                document.WriteTo(writer);
            return Encoding.UTF8.GetString(result.GetBuffer().AsSpan(0, (int)result.Length));
        }
        catch (JsonException exception)
        {
            fault = $"invalid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
            return null;
        }
    }
}

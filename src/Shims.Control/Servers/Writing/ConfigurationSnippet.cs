using System.Text.Json.Serialization;

namespace Shims.Control.Servers.Writing;

/// <summary>A text to paste.</summary>
/// <param name="Place">Which file it belongs into, and where in it.</param>
/// <param name="Then">What makes it take effect: a command; empty if the next piece's does.</param>
/// <param name="Text">The text, with a comment on each line that matters; ends in a newline.</param>
internal sealed record ConfigurationSnippet(string Place, string Then, string Text)
{
    /// <summary>The command that has to run first; empty if none has.</summary>
    public string First { get; init; } = "";
}

/// <summary>The texts as JSON: an array of objects with <c>place</c>, <c>first</c>, <c>then</c> and <c>text</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ConfigurationSnippet>))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Shims.Control.Servers.Writing;

/// <summary>The texts as JSON: an array of objects with <c>place</c>, <c>first</c>, <c>then</c> and <c>text</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ConfigurationSnippet>))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;

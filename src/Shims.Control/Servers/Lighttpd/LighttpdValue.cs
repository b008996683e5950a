using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>A value in lighttpd's configuration: a text or number, or a list of values that may have keys.</summary>
/// <param name="Place">Where it begins.</param>
internal sealed record LighttpdValue(SourceLocation Place)
{
    /// <summary>What a text or number says; null for a list.</summary>
    internal string? Text { get; init; }

    /// <summary>What is in a list; nothing for a text.</summary>
    internal IReadOnlyList<LighttpdEntry> Entries { get; init; } = [];

    /// <summary>The value of a key; of several the last.</summary>
    internal LighttpdValue? this[string key] => Entries.LastOrDefault(entry => entry.Key?.Text == key)?.Value;
}

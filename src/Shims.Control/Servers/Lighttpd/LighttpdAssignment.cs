using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>A setting of lighttpd: <c>name = value</c>, or += or :=.</summary>
/// <param name="Name">For instance <c>fastcgi.server</c>.</param>
/// <param name="Value">What it is set to.</param>
/// <param name="Place">Where the name stands.</param>
/// <param name="Conditions">Around it, from the outermost on, for instance <c>$HTTP["url"] =~ "^/app"</c>.</param>
internal sealed record LighttpdAssignment(string Name, LighttpdValue Value, SourceLocation Place, IReadOnlyList<string> Conditions);

/// <summary>A value in lighttpd's configuration: a text or number, or a list of values that may have keys.</summary>
/// <param name="Place">Where it begins.</param>
internal sealed record LighttpdValue(SourceLocation Place)
{
    /// <summary>The value of a text or number; null for a list.</summary>
    internal string? Text { get; init; }

    /// <summary>The entries of a list; none for a text.</summary>
    internal IReadOnlyList<LighttpdEntry> Entries { get; init; } = [];

    /// <summary>The value of a key; of several the last.</summary>
    internal LighttpdValue? this[string key] => Entries.LastOrDefault(entry => entry.Key?.Text == key)?.Value;
}

/// <summary>One of a list of lighttpd's configuration: <c>"key" => value</c>, or a value alone.</summary>
internal sealed record LighttpdEntry(LighttpdValue? Key, LighttpdValue Value);

using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>A setting of lighttpd: <c>name = value</c>, or += or :=.</summary>
/// <param name="Name">For instance <c>fastcgi.server</c>.</param>
/// <param name="Value">What it is set to.</param>
/// <param name="Place">Where the name stands.</param>
/// <param name="Conditions">Around it, from the outermost on, for instance <c>$HTTP["url"] =~ "^/app"</c>.</param>
internal sealed record LighttpdAssignment(string Name, LighttpdValue Value, SourceLocation Place, IReadOnlyList<string> Conditions);

namespace Shims.Control.Servers.Lighttpd;

/// <summary>One of a list of lighttpd's configuration: <c>"key" => value</c>, or a value alone.</summary>
internal sealed record LighttpdEntry(LighttpdValue? Key, LighttpdValue Value);

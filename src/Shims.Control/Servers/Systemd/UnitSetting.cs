using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Systemd;

/// <summary><c>Name=value</c> in a unit of systemd.</summary>
internal sealed record UnitSetting(string Section, string Name, string Value, SourceLocation Place);

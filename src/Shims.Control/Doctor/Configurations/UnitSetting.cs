namespace Shims.Control.Doctor.Configurations;

/// <summary><c>Name=value</c> in a unit of systemd.</summary>
internal sealed record UnitSetting(string Section, string Name, string Value, Place Place);

namespace Shims.Control.Doctor.Configurations;

/// <summary><c>name = value value</c> in a service of xinetd.</summary>
internal sealed record XinetdAttribute(string Name, IReadOnlyList<string> Values, Place Place);

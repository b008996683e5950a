using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Xinetd;

/// <summary><c>name = value value</c> in a service of xinetd.</summary>
internal sealed record XinetdAttribute(string Name, IReadOnlyList<string> Values, SourceLocation Place);

using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Xinetd;

/// <summary>A <c>service</c> of xinetd's configuration.</summary>
/// <param name="Name">What follows the word service; <c>defaults</c> for the section of that name.</param>
/// <param name="Place">Where it begins.</param>
/// <param name="Attributes">What is set in it, in its order.</param>
internal sealed record XinetdService(string Name, SourceLocation Place, IReadOnlyList<XinetdAttribute> Attributes)
{
    /// <summary>An attribute; of several of one name the last. Null if it is not set.</summary>
    internal XinetdAttribute? this[string name] => Attributes.LastOrDefault(attribute => attribute.Name == name);

    /// <summary>The values of an attribute; none if it is not set.</summary>
    internal IReadOnlyList<string> Values(string name) => this[name]?.Values ?? [];

    /// <summary>The first value of an attribute; null if it is not set.</summary>
    internal string? Value(string name) => Values(name) is [var first, ..] ? first : null;
}

/// <summary><c>name = value value</c> in a service of xinetd.</summary>
internal sealed record XinetdAttribute(string Name, IReadOnlyList<string> Values, SourceLocation Place);

using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>The smallest part of lighttpd's configuration.</summary>
/// <param name="Text">What it says, without quotes.</param>
/// <param name="Place">Where it begins.</param>
/// <param name="IsText">Whether it stood in quotes.</param>
internal sealed record LighttpdToken(string Text, SourceLocation Place, bool IsText)
{
    /// <summary>Whether it is a name, a field such as $HTTP, or a number.</summary>
    internal bool IsName => !IsText && (char.IsLetterOrDigit(Text[0]) || Text[0] is '$' or '_');
}

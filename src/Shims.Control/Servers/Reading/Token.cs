namespace Shims.Control.Servers.Reading;

/// <summary>One word of a configuration, without the quotes that it may stand in.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Place">Where it begins.</param>
internal sealed record Token(string Text, SourceLocation Place)
{
    public override string ToString() => Text;
}

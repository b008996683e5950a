namespace Shims.Control.Doctor.Configurations;

/// <summary>One word of a configuration, without the quotes that it may stand in.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Place">Where it begins.</param>
internal sealed record Word(string Text, Place Place)
{
    public override string ToString() => Text;
}

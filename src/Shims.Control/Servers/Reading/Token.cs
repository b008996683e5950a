namespace Shims.Control.Servers.Reading;

/// <summary>One word of a configuration, without the quotes that it may stand in.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Place">Where it begins.</param>
internal sealed record Token(string Text, SourceLocation Place)
{
    public override string ToString() => Text;
}

/// <summary>A line of a file.</summary>
/// <param name="File">Its absolute path.</param>
/// <param name="Line">Counted from 1.</param>
internal sealed record SourceLocation(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}

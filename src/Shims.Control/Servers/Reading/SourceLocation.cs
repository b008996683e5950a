namespace Shims.Control.Servers.Reading;

/// <summary>A line of a file.</summary>
/// <param name="File">Its absolute path.</param>
/// <param name="Line">Counted from 1.</param>
internal sealed record SourceLocation(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}

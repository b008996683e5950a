namespace Shims.ReadmeTests;

/// <summary>The lines between two lines of three backticks.</summary>
/// <param name="Section">The heading above it.</param>
/// <param name="Language">The word after the backticks, which says how a reader uses the block.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record CodeBlock(string Section, string Language, IReadOnlyList<string> Lines)
{
    internal string Text => string.Join('\n', Lines) + "\n";

    public override string ToString() => $"{Language} in \"{Section}\": {Lines.FirstOrDefault()}";
}

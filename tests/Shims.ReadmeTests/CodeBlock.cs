namespace Shims.ReadmeTests;

/// <summary>What stands between two lines of three backticks.</summary>
/// <param name="Section">The heading above it.</param>
/// <param name="Language">The word behind the backticks, which says what a reader does with the block.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record CodeBlock(string Section, string Language, IReadOnlyList<string> Lines)
{
    internal string Text => string.Join('\n', Lines) + "\n";

    public override string ToString() => $"{Language} in \"{Section}\": {Lines.FirstOrDefault()}";
}

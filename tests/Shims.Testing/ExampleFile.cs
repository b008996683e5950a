namespace Shims.Testing;

/// <summary>A file that is shipped for users to copy. Tests run it with as few and as visible changes as possible.</summary>
public sealed record ExampleFile
{
    private ExampleFile(string path, string text) => (Path, Text) = (path, text);

    /// <summary>Its path inside the checkout.</summary>
    public string Path { get; }

    /// <summary>What is in it, with the changes so far.</summary>
    public string Text { get; private init; }

    /// <summary>Reads an example.</summary>
    /// <param name="path">Its path inside the checkout.</param>
    public static ExampleFile Read(string path) => new(path, File.ReadAllText(Repository.PathTo(path)));

    /// <summary>Changes every occurrence of a text.</summary>
    /// <exception cref="InvalidDataException">The example does not contain it, so the test no longer fits.</exception>
    public ExampleFile With(string text, string replacement) => Text.Contains(text, StringComparison.Ordinal)
        ? this with { Text = Text.Replace(text, replacement, StringComparison.Ordinal) }
        : throw new InvalidDataException($"{Path} does not contain \"{text}\"");

    public override string ToString() => Path;
}

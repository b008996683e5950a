namespace Shims.Testing;

/// <summary>A file that is shipped for users to copy. Tests run it with as few and as visible changes as possible.</summary>
public sealed record ExampleFile
{
    private ExampleFile(string path, string text, UnixFileMode mode) => (Path, Text, Mode) = (path, text, mode);

    /// <summary>Its path inside the checkout.</summary>
    public string Path { get; }

    /// <summary>What the copy may be used for.</summary>
    public UnixFileMode Mode { get; }

    /// <summary>What is in it, with the changes so far.</summary>
    public string Text { get; private init; }

    /// <summary>Reads an example.</summary>
    /// <param name="path">Its path inside the checkout.</param>
    public static ExampleFile Read(string path) => new(path, File.ReadAllText(Repository.PathTo(path)), File.GetUnixFileMode(Repository.PathTo(path)));

    /// <summary>A file that a program has written for users to copy.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="isScript">Whether it is to be executed.</param>
    public static ExampleFile Of(string name, string text, bool isScript = false) => new(name, text,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead | (isScript ? UnixFileMode.UserExecute : UnixFileMode.None));

    /// <summary>Changes every occurrence of a text.</summary>
    /// <exception cref="InvalidDataException">The example does not contain it, so the test no longer fits.</exception>
    public ExampleFile With(string text, string replacement) => Text.Contains(text, StringComparison.Ordinal)
        ? this with { Text = Text.Replace(text, replacement, StringComparison.Ordinal) }
        : throw new InvalidDataException($"{Path} does not contain \"{text}\"");

    public override string ToString() => Path;
}

namespace Shims.Programs;

/// <summary>An option, for a shell that completes command lines.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Description">Its line in <c>--help</c>.</param>
/// <param name="Value">The name of its value, such as FILE; null if it takes none.</param>
/// <param name="Choices">The words that it takes, if they are few.</param>
internal sealed record CompletedOption(string Name, string Description, string? Value, IReadOnlyList<string> Choices)
{
    /// <summary>True if the value is a path, or may be one.</summary>
    internal bool IsPath => Value is "FILE" or "DIR" or "WHERE" or "SOCKET" or "EXTENSION=PROGRAM";
}

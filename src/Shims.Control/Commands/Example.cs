namespace Shims.Control.Commands;

/// <summary>An example in a command's <c>--help</c>.</summary>
/// <param name="CommandLine">As it is typed, beginning with <c>shimctl</c>.</param>
/// <param name="Meaning">What it does.</param>
internal sealed record Example(string CommandLine, string Meaning);

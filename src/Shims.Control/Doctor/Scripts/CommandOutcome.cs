namespace Shims.Control.Doctor.Scripts;

/// <summary>The outcome of a command that was run for its output.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record CommandOutcome(int ExitCode, string Output, string Error);

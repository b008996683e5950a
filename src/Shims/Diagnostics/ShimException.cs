namespace Shims.Diagnostics;

/// <summary>Something that keeps the whole program from doing its work: who has to act, why, and what to do.</summary>
public sealed class ShimException(ExitCode exitCode, string cause, string cure) : Exception($"{cause}: {cure}")
{
    /// <summary>The exit status of the program.</summary>
    public ExitCode ExitCode { get; } = exitCode;
}

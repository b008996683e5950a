namespace Shims.Diagnostics;

/// <summary>An error that keeps the whole program from its work: the exit status, the cause and the fix.</summary>
/// <example><code>
/// throw new ShimException(ExitCode.SystemError, "the folder /srv/notes is not there", "mkdir /srv/notes");
/// </code></example>
public sealed class ShimException(ExitCode exitCode, string cause, string cure) : Exception($"{cause}: {cure}")
{
    /// <summary>The exit status of the program.</summary>
    public ExitCode ExitCode { get; } = exitCode;
}

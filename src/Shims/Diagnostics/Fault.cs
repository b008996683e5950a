namespace Shims.Diagnostics;

/// <summary>Why a request could not be answered as it should, and what to do about it.</summary>
/// <param name="Status">The status the client gets.</param>
/// <param name="Cause">What happened, to which script, why. Holds nothing from the request.</param>
/// <param name="Cure">What to do about it; a command where one will do.</param>
internal sealed record Fault(int Status, string Cause, string Cure)
{
    internal ExitCode ExitCode { get; init; } = ExitCode.Served;

    /// <summary>The last lines the script wrote to its standard error, if it wrote any.</summary>
    internal string? Said { get; init; }

    /// <summary>More lines for a developer's browser, such as the stack of an exception; null if there are none.</summary>
    internal string? Details { get; init; }

    /// <summary>The log line, without its prefix.</summary>
    public override string ToString() => Said is null ? $"{Cause}: {Cure}" : $"{Cause}: {Cure}; its last words: {Said}";
}

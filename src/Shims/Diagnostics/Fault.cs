using System.Text;

namespace Shims.Diagnostics;

/// <summary>The cause of a failed request, and its fix.</summary>
/// <param name="Status">The status the client gets.</param>
/// <param name="Cause">The event, the script, and the reason. Contains nothing from the request.</param>
/// <param name="Cure">The fix; a command where one is enough.</param>
internal sealed record Fault(int Status, string Cause, string Cure)
{
    internal ExitCode ExitCode { get; init; } = ExitCode.Served;

    /// <summary>True if the log gets no line about it: a file that is not there, as a visitor may ask for any number of them.</summary>
    internal bool IsOrdinary { get; init; }

    /// <summary>The last lines the script wrote to its standard error, if it wrote any.</summary>
    internal string? Said { get; init; }

    /// <summary>The stack of an exception, its frames separated by slashes; null for any other fault.</summary>
    internal string? Stack { get; init; }

    /// <summary>The path that was asked for, made printable; null where it is not known.</summary>
    internal string? Requested { get; init; }

    /// <summary>The file in which the request was kept, if it was.</summary>
    internal string? Capsule { get; init; }

    /// <summary>Writes the HTML page for a developer's browser, with the request's id on it; null where the log line is all there is to show.</summary>
    internal Action<StringBuilder, string>? AppendPage { get; init; }

    /// <summary>The log line, without its prefix.</summary>
    public override string ToString() =>
        $"{Cause}: {Cure}" + Part("stderr: ", Said) + Part("stack: ", Stack) + Part("request: ", Requested)
        + Part("all about it: shimctl show ", Capsule);

    private static string Part(string name, string? text) => text is null ? "" : $"; {name}{text}";
}

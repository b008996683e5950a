using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Subject">The thing that was looked at: a path, or a file and line such as <c>/etc/inetd.conf:12</c>.</param>
/// <param name="Cause">The fault, or that there is none.</param>
public sealed record Finding(Severity Severity, string Subject, string Cause)
{
    /// <summary>
    /// The shell command that fixes it, to be run as it stands; null where no command can, or where none is safe to paste.
    /// </summary>
    public string? Command => (Fix as ShellCommand)?.Text;

    /// <summary>Advice in words where no single command will do; the line to write, for instance.</summary>
    public string? Advice { get; init; }

    /// <summary>The change that cures it.</summary>
    internal Fix? Fix { get; init; }

    /// <summary>Whether a request has shown it.</summary>
    internal bool IsLive { get; init; }

    /// <summary>The same with its fix as a command where it may be one, and in words where not.</summary>
    /// <param name="scope">The files that a command may touch.</param>
    internal Finding Settle(FixScope scope)
    {
        if (Fix is null or ShellCommand)
            return this;
        if (Fix.ToCommand(scope, out string? reason) is { } command)
            return this with { Fix = command };
        string words = reason is null ? Fix.Words : $"{Fix.Words} (no command is printed for that: {reason})";
        return this with { Fix = null, Advice = Advice is null ? words : $"{words}; {Advice}" };
    }
}

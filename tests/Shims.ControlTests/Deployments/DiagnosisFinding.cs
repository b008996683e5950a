
namespace Shims.ControlTests.Deployments;

/// <summary>One finding of <c>shimctl doctor --json</c>.</summary>
internal sealed record DiagnosisFinding(string Severity, string Subject, string Cause, string? Command, string? Advice)
{
    /// <summary>Runs the cure as it is printed.</summary>
    internal async Task CureAsync()
    {
        Assert.NotNull(Command);
        await Testing.Command.RunAsync("/bin/sh", ["-c", Command]);
    }
}

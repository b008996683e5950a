using System.Text.Json;

namespace Shims.ControlTests.Doctor;

/// <summary>A finding as <c>--json</c> has it.</summary>
internal sealed record DoctorFinding(string Severity, string Subject, string Cause, string? Command, string? Advice)
{
    internal static DoctorFinding Read(JsonElement finding) =>
        new(Text(finding, "severity")!, Text(finding, "subject")!, Text(finding, "cause")!, Text(finding, "command"), Text(finding, "advice"));

    private static string? Text(JsonElement finding, string name) => finding.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}

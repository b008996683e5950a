using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What <c>shimctl doctor</c> has said.</summary>
internal sealed class Diagnosis
{
    private static readonly JsonSerializerOptions s_names = new() { PropertyNameCaseInsensitive = true };

    private Diagnosis(IReadOnlyList<DiagnosisFinding> findings) => Findings = findings;

    internal IReadOnlyList<DiagnosisFinding> Findings { get; }

    internal IReadOnlyList<DiagnosisFinding> Errors => [.. Findings.Where(finding => finding.Severity == "error")];

    internal IReadOnlyList<DiagnosisFinding> Problems => [.. Findings.Where(finding => finding.Severity != "good")];

    /// <summary>Runs it.</summary>
    internal static Task<Diagnosis> AskAsync(params string[] arguments) => AskAsync(Repository.PathTo("bin"), arguments);

    /// <summary>Runs the one of a folder, beside which it finds the other programs.</summary>
    internal static async Task<Diagnosis> AskAsync(string programs, string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(
            new Launch { Program = Path.Combine(programs, "shimctl"), Arguments = ["doctor", "--json", .. arguments] });
        Assert.True(result.ExitCode is 0 or 1, result.ErrorText + result.OutputText);
        return new Diagnosis(JsonSerializer.Deserialize<List<DiagnosisFinding>>(result.OutputText, s_names)!);
    }

    /// <summary>The one problem whose cause holds a text.</summary>
    internal DiagnosisFinding The(string cause)
    {
        DiagnosisFinding[] found = [.. Problems.Where(finding => finding.Cause.Contains(cause, StringComparison.Ordinal))];
        Assert.True(found.Length == 1, $"{found.Length} problems with \"{cause}\" in:\n{this}");
        return found[0];
    }

    public override string ToString() => string.Join('\n', Findings);
}

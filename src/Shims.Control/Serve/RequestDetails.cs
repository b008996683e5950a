using Shims.Control.Doctor;
using Shims.Control.Processes;

namespace Shims.Control.Serve;

/// <summary>All that is remembered of a request, as the page gets it.</summary>
internal sealed record RequestDetails
{
    public required RequestSummary Summary { get; init; }

    public required string? Script { get; init; }

    /// <summary>The command that was started, as it would stand in inetd.conf.</summary>
    public required string Command { get; init; }

    public required string? Exit { get; init; }

    public required string? Trouble { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyList<string[]> RequestHeaders { get; init; }

    public required IReadOnlyList<string[]> Variables { get; init; }

    public required IReadOnlyList<string[]> ResponseHeaders { get; init; }

    public required PreviewText RequestBody { get; init; }

    public required PreviewText ResponseBody { get; init; }

    public required PreviewText StandardError { get; init; }

    /// <summary>The same request from a shell.</summary>
    public required string Curl { get; init; }

    /// <summary>The same without this server.</summary>
    public required string ShimctlRequest { get; init; }

    /// <summary>Why it cannot be sent again; null if it can.</summary>
    public required string? WhyNoReplay { get; init; }

    internal static RequestDetails Of(RequestRecord record, RecordedCommands commands) => record.Look(noted => new RequestDetails
    {
        Summary = RequestSummary.Of(noted),
        Script = noted.Script,
        Command = ShellWords.Join(noted.Command),
        Exit = noted.Exit,
        Trouble = noted.Trouble,
        Findings = noted.Findings,
        RequestHeaders = Pairs(noted.RequestHeaders),
        Variables = [.. noted.Variables.Select(variable => new[] { variable.NameText, variable.ValueText })],
        ResponseHeaders = Pairs(noted.ResponseHeaders),
        RequestBody = PreviewText.Of(noted.RequestBody),
        ResponseBody = PreviewText.Of(noted.ResponseBody),
        StandardError = PreviewText.Of(noted.StandardError),
        Curl = commands.Curl(noted),
        ShimctlRequest = commands.ShimctlRequest(noted),
        WhyNoReplay = WhyNot(noted),
    });

    /// <summary>Why a request cannot be sent again; null if it can.</summary>
    internal static string? WhyNot(RequestRecord record) =>
        record.State == RequestState.Running ? "It is still being answered."
        : !record.RequestBody.IsWhole ? $"Its body had {record.RequestBody.Length} bytes, of which only the first {RequestRecord.BodyCapacity} are kept."
        : null;

    private static string[][] Pairs(IReadOnlyList<(string Name, string Value)> headers) => [.. headers.Select(header => new[] { header.Name, header.Value })];
}

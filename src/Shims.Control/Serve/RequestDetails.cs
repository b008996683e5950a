using Shims.Control.Doctor;
using Shims.Control.Processes;

namespace Shims.Control.Serve;

/// <summary>Everything recorded of a request, for the inspector's page.</summary>
internal sealed record RequestDetails
{
    public required RequestSummary Summary { get; init; }

    public required string? Script { get; init; }

    /// <summary>The command that was started, as in inetd.conf.</summary>
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

    /// <summary>A curl command that sends the request again.</summary>
    public required string Curl { get; init; }

    /// <summary>A shimctl request command that sends it without this server.</summary>
    public required string ShimctlRequest { get; init; }

    /// <summary>The reason why it cannot be sent again; null if it can.</summary>
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

    /// <summary>The reason why a request cannot be sent again; null if it can.</summary>
    internal static string? WhyNot(RequestRecord record) =>
        record.State == RequestState.Running ? "The request is still running."
        : !record.RequestBody.IsWhole
            ? $"Only the first {RequestRecord.BodyCapacity} of {record.RequestBody.Length} bytes of its body are kept."
        : null;

    private static string[][] Pairs(IReadOnlyList<(string Name, string Value)> headers) =>
        [.. headers.Select(header => new[] { header.Name, header.Value })];
}

namespace Shims.Control.Serve;

/// <summary>A request's line in the list of the inspector's page.</summary>
internal sealed record RequestSummary
{
    public required int Id { get; init; }

    /// <summary>The time of arrival.</summary>
    public required string Time { get; init; }

    public required string Method { get; init; }

    public required string Target { get; init; }

    /// <summary>running, done, truncated or aborted.</summary>
    public required string State { get; init; }

    public int? Status { get; init; }

    /// <summary>Duration in milliseconds.</summary>
    public required double Total { get; init; }

    /// <summary>Milliseconds of start, shim, script and response; null for the shim if its time is part of the script's.</summary>
    public required double?[] Phases { get; init; }

    public int? ReplayOf { get; init; }

    internal static RequestSummary Of(RequestRecord record) => record.Look(static noted => new RequestSummary
    {
        Id = noted.Id,
        Time = noted.At.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
        Method = noted.Method,
        Target = noted.Target,
        State = NameOf(noted.State),
        Status = noted.Status,
        Total = Math.Round(noted.Times.Total, 3),
        Phases = noted.Times.Phases(),
        ReplayOf = noted.ReplayOf,
    });

    private static string NameOf(RequestState state) => state switch
    {
        RequestState.Running => "running",
        RequestState.Done => "done",
        RequestState.Truncated => "truncated",
        _ => "aborted",
    };
}

namespace Shims.Control.Serve;

/// <summary>A request's line in the list, as the page gets it.</summary>
internal sealed record RequestSummary
{
    public required int Id { get; init; }

    /// <summary>When it arrived, by the clock on the wall.</summary>
    public required string Time { get; init; }

    public required string Method { get; init; }

    public required string Target { get; init; }

    /// <summary>running, done, broken or left.</summary>
    public required string State { get; init; }

    public int? Status { get; init; }

    /// <summary>Milliseconds.</summary>
    public required double Total { get; init; }

    /// <summary>Milliseconds of start, shim, script and response; null for a shim that was not seen apart from its script.</summary>
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
        RequestState.Broken => "broken",
        _ => "left",
    };
}

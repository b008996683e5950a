namespace Shims.Control.Serve;

/// <summary>A request's line in the list of the inspector's page.</summary>
internal sealed record RequestSummary
{
    /// <summary>The duration from which a request is slow, in milliseconds.</summary>
    private const double SlowFrom = 1000;

    public required int Id { get; init; }

    /// <summary>The time of arrival.</summary>
    public required string Time { get; init; }

    public required string Method { get; init; }

    public required string Target { get; init; }

    /// <summary>running, done, truncated or aborted.</summary>
    public required string State { get; init; }

    public int? Status { get; init; }

    /// <summary>The end of a script that did not end well, such as <c>exit 1</c> or <c>signal 11</c>; null if it did.</summary>
    public string? BadEnd { get; init; }

    /// <summary>Whether the script wrote to standard error.</summary>
    public required bool HasErrors { get; init; }

    public required bool IsFailed { get; init; }

    public required bool IsSlow { get; init; }

    public required bool IsPinned { get; init; }

    /// <summary>Duration in milliseconds.</summary>
    public required double Total { get; init; }

    /// <summary>Milliseconds of start, shim, script and response; null for the shim if its time is part of the script's.</summary>
    public required double?[] Phases { get; init; }

    /// <summary>The origin in words, such as <c>again #4</c>; null for a browser.</summary>
    public string? Origin { get; init; }

    /// <summary>The request that this one repeats.</summary>
    public int? ReplayOf { get; init; }

    internal static RequestSummary Of(RequestRecord record) => record.Look(static noted => new RequestSummary
    {
        Id = noted.Id,
        Time = noted.At.ToLocalTime().ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
        Method = noted.Method,
        Target = noted.Target,
        State = NameOf(noted.State),
        Status = noted.Status,
        BadEnd = noted.BadEnd is not { } end ? null : end.Signal == 0 ? $"exit {end.Code}" : $"signal {end.Signal}",
        HasErrors = noted.StandardError.Length > 0,
        IsFailed = noted.HasFailed,
        IsSlow = noted.Times.Total >= SlowFrom,
        IsPinned = noted.IsPinned,
        Total = Math.Round(noted.Times.Total, 3),
        Phases = noted.Times.Phases(),
        Origin = Describe(noted.Origin),
        ReplayOf = noted.Origin.ReplayOf,
    });

    private static string? Describe(RequestOrigin origin) =>
        origin.Capsule is { } capsule ? $"capsule {capsule}"
        : origin.ReplayOf is not { } original ? null
        : origin.IsEdited ? $"edited #{original}"
        : $"again #{original}";

    private static string NameOf(RequestState state) => state switch
    {
        RequestState.Running => "running",
        RequestState.Done => "done",
        RequestState.Truncated => "truncated",
        _ => "aborted",
    };
}

namespace Shims.Control.Serve;

/// <summary>The origin of a request in the log.</summary>
internal sealed record RequestOrigin
{
    /// <summary>A browser, or another client of this server.</summary>
    internal static RequestOrigin Browser { get; } = new();

    /// <summary>The request that this one repeats; null if it is new.</summary>
    internal int? ReplayOf { get; init; }

    /// <summary>Whether it was edited before it was sent.</summary>
    internal bool IsEdited { get; init; }

    /// <summary>The id of the request in the capsule from which it was loaded; null if it was sent to this server.</summary>
    internal string? Capsule { get; init; }

    /// <summary>The time of a request that was loaded; null for the time of its arrival here.</summary>
    internal DateTimeOffset? At { get; init; }
}

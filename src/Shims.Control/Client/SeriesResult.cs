using System.Text.Json.Serialization;
using Shims.Diagnostics;

namespace Shims.Control.Client;

/// <summary>What came of a series of requests.</summary>
internal sealed record SeriesResult
{
    public required int Requests { get; init; }
    public required int Concurrency { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Of those that were answered.</summary>
    public required double RequestsPerSecond { get; init; }
    public required long BodyBytes { get; init; }

    /// <summary>How many responses had which status.</summary>
    public required IReadOnlyDictionary<string, int> Statuses { get; init; }

    /// <summary>How many requests had no proper response, for which reason.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    /// <summary>How long responses took; null if there were none.</summary>
    public required Latency? Latency { get; init; }

    [JsonIgnore]
    public ExitCode ExitCode { get; init; }
}

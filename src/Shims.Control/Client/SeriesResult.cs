using System.Text.Json.Serialization;
using Shims.Diagnostics;

namespace Shims.Control.Client;

/// <summary>The result of a series of requests.</summary>
internal sealed record SeriesResult
{
    public required int Requests { get; init; }
    public required int Concurrency { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Complete responses per second.</summary>
    public required double RequestsPerSecond { get; init; }
    public required long BodyBytes { get; init; }

    /// <summary>Number of responses for each status.</summary>
    public required IReadOnlyDictionary<string, int> Statuses { get; init; }

    /// <summary>Number of failed requests for each cause.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    /// <summary>Latency of the responses; null if there were none.</summary>
    public required Latency? Latency { get; init; }

    [JsonIgnore]
    public ExitCode ExitCode { get; init; }
}

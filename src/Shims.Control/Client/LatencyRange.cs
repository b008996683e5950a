namespace Shims.Control.Client;

/// <summary>How many requests took at least <paramref name="From"/> and less than <paramref name="To"/> milliseconds.</summary>
internal sealed record LatencyRange(double From, double To, int Count);

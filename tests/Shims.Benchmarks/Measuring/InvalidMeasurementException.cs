namespace Shims.Benchmarks.Measuring;

/// <summary>A side answered wrongly, late or not at all, so that its speed means nothing.</summary>
internal sealed class InvalidMeasurementException(string message) : Exception(message);

namespace Shims.Benchmarks.Measuring;

/// <summary>Something that a row needs is not on this machine. The message says what, and how to get it.</summary>
internal sealed class MissingRequirementException(string message) : Exception(message);

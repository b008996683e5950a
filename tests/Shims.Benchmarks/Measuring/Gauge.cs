namespace Shims.Benchmarks.Measuring;

/// <summary>One line of the table: a figure that a benchmark takes of both its sides.</summary>
/// <param name="Name">The benchmark's own name, or that and what sets this line apart from its others.</param>
/// <param name="Subject">The side that is ours.</param>
/// <param name="Quantity">What kind of number the samples are.</param>
/// <param name="Target">What is to come out.</param>
internal sealed record Gauge(string Name, string Subject, Quantity Quantity, Target Target);

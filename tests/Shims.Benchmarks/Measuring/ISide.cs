namespace Shims.Benchmarks.Measuring;

/// <summary>One side of a benchmark.</summary>
internal interface ISide
{
    /// <summary>Measures once, for about as long as the effort says.</summary>
    /// <returns>A sample for each of the benchmark's gauges, in the base unit of its <see cref="Quantity"/>.</returns>
    /// <exception cref="InvalidMeasurementException">An answer was missing or wrong: there is no figure.</exception>
    Task<double[]> MeasureAsync(Effort effort);
}

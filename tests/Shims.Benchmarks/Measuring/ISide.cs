namespace Shims.Benchmarks.Measuring;

/// <summary>One side of a row.</summary>
internal interface ISide
{
    /// <summary>Measures once, for about as long as the effort says.</summary>
    /// <returns>One sample, in the base unit of the row's <see cref="Quantity"/>.</returns>
    /// <exception cref="InvalidMeasurementException">An answer was missing or wrong: there is no figure.</exception>
    Task<double> MeasureAsync(Effort effort);
}

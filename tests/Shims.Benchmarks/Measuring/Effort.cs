namespace Shims.Benchmarks.Measuring;

/// <summary>How much time a row may take.</summary>
/// <param name="Rounds">Samples per side.</param>
/// <param name="Processes">Processes started for one sample of a whole-process row; the sample is their median.</param>
/// <param name="Load">How long one sample of a requests-per-second row keeps its clients busy. wrk takes whole seconds.</param>
/// <param name="Bytes">How much one sample of an upload or a download transfers.</param>
/// <param name="Requests">After how many requests the memory of a resident program is looked at.</param>
internal sealed record Effort(int Rounds, int Processes, TimeSpan Load, long Bytes, int Requests)
{
    /// <summary>For figures to write down: the whole table in about ten minutes.</summary>
    public static Effort Full { get; } = new(7, 200, TimeSpan.FromSeconds(2), 1L << 30, 100_000);

    /// <summary>To see whether everything works and roughly where it stands: the whole table in about three minutes.</summary>
    public static Effort Quick { get; } = new(3, 60, TimeSpan.FromSeconds(1), 1L << 28, 10_000);

    /// <summary>Before the first sample; not counted.</summary>
    public static Effort WarmUp { get; } = new(1, 20, TimeSpan.FromSeconds(1), 1L << 24, 1_000);
}

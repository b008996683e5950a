namespace Shims.Benchmarks.Measuring;

/// <summary>Both sides of a benchmark, ready to be measured in turn, and the owner of the servers that they need.</summary>
/// <param name="subject">Our side.</param>
/// <param name="baseline">The other one; null where a target is an absolute figure.</param>
/// <param name="servers">What ends with the contest, the last one first.</param>
internal sealed class Contest(ISide subject, ISide? baseline, params IAsyncDisposable[] servers) : IAsyncDisposable
{
    /// <summary>Measures A B A B ..., so that whatever else the machine does hits both sides alike.</summary>
    /// <returns>What came of each gauge.</returns>
    /// <exception cref="OperationCanceledException">Somebody has pressed ctrl-C: at most one sample later.</exception>
    public async Task<Measurement[]> RunAsync(Effort effort, CancellationToken interruption)
    {
        // The first of everything pays for page cache, sockets and branch predictors.
        await subject.MeasureAsync(Effort.WarmUp);
        if (baseline is not null)
            await baseline.MeasureAsync(Effort.WarmUp);

        var subjects = new double[effort.Rounds][];
        var baselines = new double[effort.Rounds][];
        for (int round = 0; round < effort.Rounds; round++)
        {
            interruption.ThrowIfCancellationRequested();
            subjects[round] = await subject.MeasureAsync(effort);
            if (baseline is not null)
                baselines[round] = await baseline.MeasureAsync(effort);
        }

        return [.. Enumerable.Range(0, subjects[0].Length).Select(gauge =>
            new Measurement(OfGauge(subjects, gauge), baseline is null ? null : OfGauge(baselines, gauge)))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable server in servers.Reverse())
            await server.DisposeAsync();
    }

    private static double[] OfGauge(double[][] rounds, int gauge) => [.. rounds.Select(samples => samples[gauge])];
}

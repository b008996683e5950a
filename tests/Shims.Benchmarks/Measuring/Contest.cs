namespace Shims.Benchmarks.Measuring;

/// <summary>Both sides of a row, ready to be measured in turn, and the owner of the servers that they need.</summary>
internal sealed class Contest(ISide subject, ISide baseline, params IAsyncDisposable[] servers) : IAsyncDisposable
{
    /// <summary>Measures A B A B ..., so that whatever else the machine does hits both sides alike.</summary>
    /// <exception cref="OperationCanceledException">Somebody has pressed ctrl-C: at most one sample later.</exception>
    public async Task<Measurement> RunAsync(Effort effort, CancellationToken interruption)
    {
        // The first of everything pays for page cache, sockets and branch predictors.
        await subject.MeasureAsync(Effort.WarmUp);
        await baseline.MeasureAsync(Effort.WarmUp);

        var subjects = new double[effort.Rounds];
        var baselines = new double[effort.Rounds];
        for (int round = 0; round < effort.Rounds; round++)
        {
            interruption.ThrowIfCancellationRequested();
            subjects[round] = await subject.MeasureAsync(effort);
            baselines[round] = await baseline.MeasureAsync(effort);
        }

        return new Measurement(subjects, baselines);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable server in servers.Reverse())
            await server.DisposeAsync();
    }
}

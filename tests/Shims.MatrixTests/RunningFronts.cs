using System.Collections.Concurrent;

namespace Shims.MatrixTests;

/// <summary>The fronts that a test class has started: each once, when the first of its cells wants it, and ended with the class.</summary>
public sealed class RunningFronts : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<RunningFront>>> _running = new();

    internal static string Scripts => Repository.PathTo("tests/Shims.MatrixTests/cgi-bin");

    /// <summary>The front, running.</summary>
    internal Task<RunningFront> GetAsync(Front front) =>
        _running.GetOrAdd(front.Name, _ => new Lazy<Task<RunningFront>>(() => RunningFront.StartAsync(front, Scripts))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<RunningFront>> running in _running.Values)
            if (running.Value.IsCompletedSuccessfully)
                await (await running.Value).DisposeAsync();
    }
}

namespace Shims.Testing;

/// <summary>Many requests, some of them at a time.</summary>
public static class Load
{
    /// <summary>Does something <paramref name="count"/> times, <paramref name="atATime"/> of them at once, and returns what came of each.</summary>
    public static async Task<IReadOnlyList<T>> RunAsync<T>(int count, int atATime, Func<Task<T>> request)
    {
        var results = new T[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atATime },
            async (index, _) => results[index] = await request());
        return results;
    }
}

namespace Shims.Testing;

/// <summary>How long a test waits for something that ought to happen at once, before it calls it a failure.</summary>
public static class Patience
{
    /// <summary>Far longer than anything takes where many tests share two processors: only what never happens is a failure.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Waits until a condition holds that no event announces, such as the end of somebody else's process.</summary>
    /// <exception cref="TimeoutException">It does not within <see cref="Limit"/>; the message says what was waited for.</exception>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (long start = Environment.TickCount64; !condition();)
        {
            if (Environment.TickCount64 - start > Limit.TotalMilliseconds)
                throw new TimeoutException($"not after {Limit.TotalSeconds} seconds: {what}");
            await Task.Delay(5);
        }
    }

    /// <summary>The same task; it fails with a <see cref="TimeoutException"/> after <see cref="Limit"/>.</summary>
    public static Task<T> Patiently<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <inheritdoc cref="Patiently{T}"/>
    public static Task Patiently(this Task task) => task.WaitAsync(Limit);
}

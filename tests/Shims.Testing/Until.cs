namespace Shims.Testing;

/// <summary>Waits for what no event announces: the end of somebody else's process, for instance.</summary>
public static class Until
{
    /// <summary>Looks until the condition holds.</summary>
    /// <exception cref="TimeoutException">It does not within 20 seconds; the message says what was waited for.</exception>
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        for (long start = Environment.TickCount64; !condition();)
        {
            if (Environment.TickCount64 - start > 20_000)
                throw new TimeoutException($"waited in vain until {what}");
            await Task.Delay(10);
        }
    }
}

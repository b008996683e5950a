namespace Shims.ProgramTests;

/// <summary>How long a test waits for something that ought to happen at once, before it calls it a failure.</summary>
internal static class Patience
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds that nobody announces, such as a process having left /proc.</summary>
    internal static async Task UntilAsync(Func<bool> condition, string what)
    {
        long start = Environment.TickCount64;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 - start < Limit.TotalMilliseconds, $"still waiting for: {what}");
            await Task.Delay(2);
        }
    }

    internal static Task<T> Patiently<T>(this Task<T> task) => task.WaitAsync(Limit);

    internal static Task Patiently(this Task task) => task.WaitAsync(Limit);
}

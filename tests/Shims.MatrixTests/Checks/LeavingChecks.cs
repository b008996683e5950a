using System.Globalization;

namespace Shims.MatrixTests;

/// <summary>A browser that leaves must not leave a script behind.</summary>
internal static class LeavingChecks
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    /// <summary>Leaves once the script runs, and gives it five seconds to be gone.</summary>
    /// <param name="front">Where.</param>
    /// <param name="script">A script that notes its process.</param>
    internal static async Task LeaveAsync(RunningFront front, string script)
    {
        string note = $"{script}-{Guid.NewGuid():N}";
        int process;
        using (Connection browser = await front.Browser.OpenAsync("GET", $"/cgi-bin/{script}?{note}"))
        {
            await Until.TrueAsync(() => File.Exists(front.NoteAt(note)), "the script runs");
            process = int.Parse(await File.ReadAllTextAsync(front.NoteAt(note)), CultureInfo.InvariantCulture);
        }
        long left = Environment.TickCount64;
        try
        {
            while (Directory.Exists($"/proc/{process}"))
            {
                Assert.True(Environment.TickCount64 - left < s_grace.TotalMilliseconds, $"{script} still runs {s_grace.TotalSeconds} seconds after the browser has left");
                await Task.Delay(10);
            }
        }
        finally
        {
            Descent.Kill(process);
        }
    }
}

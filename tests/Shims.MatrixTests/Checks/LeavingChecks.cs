using System.Globalization;

namespace Shims.MatrixTests;

/// <summary>A browser that leaves must not leave a script behind.</summary>
internal static class LeavingChecks
{
    /// <summary>Leaves once the script runs, and waits until it is gone.</summary>
    /// <param name="front">Where.</param>
    /// <param name="script">A script that notes its process.</param>
    internal static async Task LeaveAsync(RunningFront front, string script)
    {
        string note = $"{script}-{Guid.NewGuid():N}";
        int process;
        using (Connection browser = await front.Browser.OpenAsync("GET", $"/cgi-bin/{script}?{note}"))
        {
            await Patience.UntilAsync(() => File.Exists(front.NoteAt(note)), "the script runs");
            process = int.Parse(await File.ReadAllTextAsync(front.NoteAt(note)), CultureInfo.InvariantCulture);
        }
        try
        {
            await Patience.UntilAsync(() => !Directory.Exists($"/proc/{process}"), $"{script} ends, since the browser has left");
        }
        finally
        {
            ProcessTree.Kill(process);
        }
    }
}

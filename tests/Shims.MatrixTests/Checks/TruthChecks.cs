namespace Shims.MatrixTests;

/// <summary>A page that broke off does not look complete.</summary>
internal static class TruthChecks
{
    /// <summary>A script is killed.</summary>
    /// <param name="front">Where.</param>
    /// <param name="withLength">Whether the script has said how long the page is.</param>
    internal static Task KilledAsync(RunningFront front, bool withLength) => BreakOffAsync(front, "killed.cgi", withLength ? "length-" : "");

    /// <summary>With a program of its own, because the limit is an option.</summary>
    internal static async Task OutOfTimeAsync(Front front)
    {
        await using RunningFront limited = await RunningFront.StartAsync(front, RunningFronts.Scripts, "--timeout", "1");
        await BreakOffAsync(limited, "slow.cgi", "");
    }

    /// <summary>Calls a script whose page breaks off after five bytes.</summary>
    private static async Task BreakOffAsync(RunningFront front, string script, string notePrefix)
    {
        string note = $"{notePrefix}{script}-{Guid.NewGuid():N}";
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, front.UrlOf($"{script}?{note}"));
        Assert.True(File.Exists(front.NoteAt(note)), $"the script has not run: {result}");
        Assert.True(result.ExitCode != 0 || result.Status >= 500, $"curl takes it for complete: {result}");
    }
}

namespace Shims.MatrixTests;

/// <summary>A page that broke off does not look complete.</summary>
internal static class TruthChecks
{
    internal static async Task KilledAsync(RunningFront front, string script)
    {
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, front.UrlOf(script));
        Assert.True(result.ExitCode != 0 || result.Status >= 500, $"curl takes it for complete: {result}");
    }

    /// <summary>With a program of its own, because the limit is an option.</summary>
    internal static async Task OutOfTimeAsync(Front front)
    {
        await using RunningFront limited = await RunningFront.StartAsync(front, RunningFronts.Scripts, "--timeout", "1");
        await KilledAsync(limited, "slow.cgi");
    }
}

using System.Diagnostics;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>A program that its first request starts. A sample is the median time of such requests through the web server, in nanoseconds.</summary>
/// <param name="nginx">The web server.</param>
/// <param name="path">What it is asked for: a greeting of the last part.</param>
/// <param name="address">The unix socket that it passes the request on to.</param>
/// <param name="program">The program.</param>
internal sealed class ColdSide(Nginx nginx, string path, string address, string program) : ISide
{
    /// <summary>One in so many starts of a sample of whole processes.</summary>
    private const int Share = 10;

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        var times = new double[effort.Processes / Share];
        for (int i = 0; i < times.Length; i++)
            times[i] = await StartAsync();
        return [new Series(times).Median];
    }

    private async Task<double> StartAsync()
    {
        // In its own folder: in / the app on Kestrel watches every folder of the machine for changes of its settings, which takes seconds.
        await using LaunchedProgram started = Launcher.Start(new Launch { Program = Tool.PathOf("systemd-socket-activate"), Arguments = ["-l", address, "-E", "HOME=/nonexistent", program], Folder = Path.GetDirectoryName(program) });
        await Patience.UntilAsync(() => Listening.IsAt(address), $"systemd-socket-activate listens at {address}");
        long start = Stopwatch.GetTimestamp();
        ScriptReply reply = await nginx.Browser.GetAsync(path);
        double time = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        if (reply.Body != "Hello " + path["/hello/".Length..])
            throw new InvalidMeasurementException($"{path} answers {reply.Status}: {reply.Body}\n{nginx.Log}");
        started.Signal(15);
        await started.WaitAsync();
        return time;
    }
}

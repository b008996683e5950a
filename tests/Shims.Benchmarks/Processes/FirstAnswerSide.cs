using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>apps/razor-admin, from its start to the end of its first answer. A sample is the median of some starts, in nanoseconds.</summary>
/// <param name="workshop">Where its database and its keys are.</param>
/// <param name="program">The app.</param>
/// <param name="byKestrel">Started by hand, and asked by HTTP; else started for a connection that has an SCGI request.</param>
internal sealed class FirstAnswerSide(Workshop workshop, string program, bool byKestrel) : ISide
{
    /// <summary>One in so many starts of a sample of whole processes: these take a hundred times as long.</summary>
    private const int Share = 40;

    private const string Title = "<title>Links</title>";

    private readonly string _state = workshop.Folder("links-state");

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        var times = new double[Math.Max(1, effort.Processes / Share)];
        for (int i = 0; i < times.Length; i++)
            times[i] = await (byKestrel ? AskKestrelAsync() : AskConnectionAsync());
        return [new Series(times).Median];
    }

    // In its own folder, where super-servers do not start it: in / the app on Kestrel watches every folder of the machine, which takes seconds.
    private Launch Launch => new Launch { Program = program, Folder = Path.GetDirectoryName(program) }.WithEnvironment("DOTNET_NOLOGO=1", $"Database={_state}/links.db", $"Shim__Keys={_state}/keys");

    private async Task<double> AskConnectionAsync()
    {
        byte[] request = await File.ReadAllBytesAsync(SampleRequest.App(workshop, "/"));
        SocketPair pair = SocketPair.Create();
        using Socket far = pair.Far;
        using var connection = new Connection(pair.Near);
        long start = TimeProvider.System.GetTimestamp();
        await using LaunchedProgram started = Launcher.Start(Launch with { Input = far.SafeHandle, Output = far.SafeHandle });
        far.Dispose();
        await connection.SendAsync(request);
        Received received = await connection.ReceiveToEndAsync();
        double time = TimeProvider.System.GetElapsedTime(start).TotalNanoseconds;
        Check(Encoding.UTF8.GetString(received.Bytes), started);
        await started.WaitAsync();
        return time;
    }

    private async Task<double> AskKestrelAsync()
    {
        using var reserved = new TcpListener(System.Net.IPAddress.Loopback, 0);
        reserved.Start();
        int port = ((System.Net.IPEndPoint)reserved.LocalEndpoint).Port;
        reserved.Stop();
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");
        using var client = new HttpClient();
        long start = TimeProvider.System.GetTimestamp();
        await using LaunchedProgram started = Launcher.Start(Launch with { Arguments = ["--urls", url] });
        string answer;
        while (true)
        {
            try
            {
                answer = await client.GetStringAsync(url);
                break;
            }
            catch (HttpRequestException) when (started.IsRunning)
            {
                await Task.Delay(1);
            }
        }
        double time = TimeProvider.System.GetElapsedTime(start).TotalNanoseconds;
        Check(answer, started);
        started.Signal(15);
        await started.WaitAsync();
        return time;
    }

    private void Check(string answer, LaunchedProgram started)
    {
        if (!answer.Contains(Title, StringComparison.Ordinal))
            throw new InvalidMeasurementException($"{program} answers {answer}\n{started.ErrorSoFar}");
    }
}

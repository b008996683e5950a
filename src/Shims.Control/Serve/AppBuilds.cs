using System.Net.Sockets;
using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>The compilations of apps, by <c>shim-dotnet --build</c>: one at a time for a file, which all of its requests share.</summary>
internal sealed class AppBuilds(ProgramStarter starter)
{
    /// <summary>The time after which a compilation is told of: an executable that is up to date takes less.</summary>
    private static readonly TimeSpan s_quietTime = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest compilation. Packages of a slow source are loaded within it.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>The time between two looks at a file that a page waits for.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(200);

    /// <summary>The most characters of output that are kept.</summary>
    private const int MaxOutput = 1 << 20;

    private readonly Dictionary<string, AppBuild> _latest = [];
    private readonly Lock _lock = new();
    private int _count;

    /// <summary>Called when a compilation has begun that takes longer than a moment, and at its end, or at its failure.</summary>
    internal Action<AppBuild>? Progress { get; init; }

    /// <summary>The latest compilation of a file; a new one if the file has changed.</summary>
    internal AppBuild Of(string source)
    {
        lock (_lock)
        {
            if (_latest.TryGetValue(source, out AppBuild? known) && known.Counts)
                return known;
            var build = new AppBuild(++_count, source);
            _latest[source] = build;
            _ = RunAsync(build);
            return build;
        }
    }

    /// <summary>Waits for the end of a compilation; no time if there is a later one of the file.</summary>
    internal async Task EndAsync(int number, CancellationToken left)
    {
        if (Find(number) is { } build)
            await build.Ended.WaitAsync(left);
    }

    /// <summary>Waits until the file is another one than that of a compilation.</summary>
    internal async Task ChangeAsync(int number, CancellationToken left)
    {
        while (Find(number) is { IsOutdated: false })
            await Task.Delay(s_pace, left);
    }

    private AppBuild? Find(int number)
    {
        lock (_lock)
            return _latest.Values.FirstOrDefault(build => build.Number == number);
    }

    private async Task RunAsync(AppBuild build)
    {
        Task<string?> building = BuildAsync(build.Source);
        bool isTold = await Task.WhenAny(building, Task.Delay(s_quietTime)) != building;
        if (isTold)
            Progress?.Invoke(build);
        string? output = await building;
        build.End(output);
        if (isTold || output is not null)
            Progress?.Invoke(build);
    }

    /// <returns>The output if it failed; null if it did not.</returns>
    private async Task<string?> BuildAsync(string source)
    {
        if (!File.Exists(source))
            return $"there is no file {source}: it has been moved or removed\n";
        try
        {
            StartedProgram program = await starter.StartAsync(Site.BuildFor(source));
            using Socket connection = program.Connection;
            Task<string> reading = ReadAsync(connection);
            if (await Task.WhenAny(reading, Task.Delay(s_limit)) != reading)
            {
                ProgramStarter.Stop(program);
                await program.Ended;
                return $"The compilation took longer than {s_limit.TotalMinutes} minutes and was ended.\n";
            }
            string output = await reading;
            ExitStatus status = await program.Ended;
            return status.Code == 0 ? null
                : output.Length > 0 ? output
                : $"shim-dotnet --build failed (exit status {status.Code}).\n";
        }
        catch (Exception exception) when (exception is ShimException or IOException or SocketException or ObjectDisposedException)
        {
            return exception.Message + "\n";
        }
    }

    private static async Task<string> ReadAsync(Socket connection)
    {
        var text = new StringBuilder();
        using var reader = new StreamReader(new NetworkStream(connection), Encoding.UTF8);
        var buffer = new char[8192];
        for (int count; (count = await reader.ReadAsync(buffer)) > 0;)
            text.Append(buffer, 0, Math.Min(count, MaxOutput - text.Length));
        return text.ToString();
    }
}

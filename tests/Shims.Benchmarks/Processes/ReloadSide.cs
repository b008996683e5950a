using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>
/// A file-based app that is edited before each sample. The sample is the time of the first request after that and of one of the
/// next, in nanoseconds, each a whole process.
/// </summary>
internal sealed class ReloadSide : ISide
{
    private const int LaterRequests = 7;

    // As deep in the repository as the samples are: their NuGet.config and targets name what lies beside them relatively.
    private static readonly string s_folder = Repository.PathTo("artifacts/edited-app");
    private static readonly string s_source = Repository.PathTo("inetd-examples/apps/hello.cs");

    private readonly Stopwatch _stopwatch;
    private readonly string _request;
    private readonly string _shim;
    private int _edits;

    public ReloadSide(Workshop workshop)
    {
        _stopwatch = new Stopwatch(workshop);
        _request = SampleRequest.Scgi(workshop, "/app");
        _shim = workshop.Program("shim-dotnet");
        Directory.CreateDirectory(s_folder);
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(s_source)!).Where(file => Path.GetExtension(file) != ".cs"))
            File.Copy(file, Path.Combine(s_folder, Path.GetFileName(file)), overwrite: true);
    }

    public async Task<double[]> MeasureAsync(Effort effort)
    {
        string app = Path.Combine(s_folder, "hello.cs"), greeting = string.Create(CultureInfo.InvariantCulture, $"Hello no. {++_edits} of {Environment.ProcessId}, ");
        string source = await File.ReadAllTextAsync(s_source);
        await File.WriteAllTextAsync(app, source.Replace("Hello, ", greeting, StringComparison.Ordinal));
        Series first = await _stopwatch.TimeAsync(Descriptors.Connected, 1, _request, greeting, _shim, app);
        Series later = await _stopwatch.TimeAsync(Descriptors.Connected, LaterRequests, _request, greeting, _shim, app);
        return [first.Median, later.Median];
    }
}

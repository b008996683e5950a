using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Rows;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks;

/// <summary>The benchmarks, in the order of the table. A new one is a new class in Rows/ and a line here.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<IBenchmark> Benchmarks { get; } =
    [
        ScgiExecAgainstC.WithoutLibrary,
        new ScgiExecInstructions(),
        new ScgiExecBody(),
        ScgiExecAgainstC.Static,
        ScgiExecAgainstC.Dynamic,
        new FcgiNowaitAgainstC(),
        new FcgiNowaitAgainstEmptyProgram(),
        new ScgiStartAgainstFcgiwrap(),
        new FcgiStartAgainstFcgiwrap(),
        SocketAgainstFcgiwrap.Scgi,
        SocketAgainstFcgiwrap.ScgiRelay,
        SocketAgainstFcgiwrap.FastCgi,
        new SocketAgainstC(),
        new ClientsAgainstEight(Wire.Scgi),
        new ClientsAgainstEight(Wire.FastCgi),
        new InetdAgainstC(),
        new ScgiWaitAgainstFcgiwrap(),
        new ScgiWaitAgainstC(),
        new FcgiWaitAgainstFcgiwrap(),
        new FcgidAgainstCgid(),
        new AjpWaitAgainstFcgi(),
        new DownloadAgainstFcgiwrap(Wire.Scgi),
        new DownloadAgainstFcgiwrap(Wire.FastCgi),
        new UploadAgainstFcgiwrap(Wire.Scgi),
        new UploadAgainstFcgiwrap(Wire.FastCgi),
        new MemoryAgainstFcgiwrap(Wire.Scgi),
        new MemoryAgainstFcgiwrap(Wire.FastCgi),
        new KeptMemoryAgainstFcgiwrap(Wire.Scgi),
        new KeptMemoryAgainstFcgiwrap(Wire.FastCgi),
        new UwsgiWaitAgainstScgi(),
        new UwsgiWaitAgainstUwsgi(),
        new UwsgiMemoryAgainstUwsgi(),
        new UwsgiKeptMemoryAgainstUwsgi(),
        UwsgiTransferAgainstUwsgi.Download,
        UwsgiTransferAgainstUwsgi.Upload,
        new HandlerNowaitAgainstEmptyProgram(),
        new HandlerNowaitAgainstPython(),
        new HandlerWaitAgainstKestrel(),
        new HandlerReload(),
        new HandlerUploadMemory(),
        AppNowaitAgainstEmptyProgram.Slim,
        AppNowaitAgainstEmptyProgram.Empty,
        new AppWireAgainstHandler(),
        new AppNowaitAgainstPython(),
        AppWaitAgainstKestrel.FastCgi,
        AppWaitAgainstKestrel.Scgi,
        new AppMemoryAgainstKestrel(),
        new AppColdAgainstKestrel(),
        new AppManagedAgainstKestrel(),
        new DoctorServices(),
    ];

    /// <summary>The benchmarks of these names, in the order of the table; a row's name will do for its benchmark's. No names: all.</summary>
    public static IReadOnlyList<IBenchmark> Find(IReadOnlyCollection<string> names) =>
        [.. Benchmarks.Where(benchmark => names.Count == 0 || names.Contains(benchmark.Name) || benchmark.Gauges.Any(gauge => names.Contains(gauge.Name)))];

    /// <summary>The names of all benchmarks and of their rows.</summary>
    public static IEnumerable<string> Names => Benchmarks.SelectMany(benchmark => benchmark.Gauges.Select(gauge => gauge.Name).Prepend(benchmark.Name)).Distinct();
}

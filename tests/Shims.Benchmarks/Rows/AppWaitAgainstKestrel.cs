using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;

namespace Shims.Benchmarks.Rows;

/// <summary>An app of ASP.NET Core by one of the protocols, against the same program on Kestrel.</summary>
/// <param name="word">What nginx calls the protocol.</param>
/// <param name="processorTime">The target.</param>
internal sealed class AppWaitAgainstKestrel(string word, double processorTime) : IBenchmark
{
    public static AppWaitAgainstKestrel FastCgi { get; } = new("fastcgi", 1.15);

    public static AppWaitAgainstKestrel Scgi { get; } = new("scgi", 1.6);

    public string Name => $"app-wait-{word}";

    public string Measure => "nginx -> resident app of ASP.NET Core, 8 clients, connections kept where the protocol has that: as fast as they can, then at half of that rate";

    public string Baseline => "the same program on Kestrel, proxy_pass";

    public string LeavesOut => "bodies, long answers and the network; nginx and wrk share the processors with both sides alike; both log to the console as the template has it";

    public IReadOnlyList<Gauge> Gauges =>
    [
        new(Name, $"apps/minimal-api, native, {word}_pass (wait)", Quantity.RequestRate, Target.None),
        new(Name + "-cpu", "the same, its own processor time", Quantity.ProcessorTimePerRequest, Target.AtMost(processorTime)),
        new(Name + "-p99", "the same, at half of that rate: 99 of 100 requests take at most", Quantity.Duration, Target.None),
    ];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => AppSite.OpenAsync(workshop, word, (page, server) => new ResidentSide(workshop, page, server));
}

using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;
using Shims.Testing;

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

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(async site =>
    {
        string program = HelloApp.Program(workshop);
        int port = site.Installation.PortOf(5000);
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, program);
        LaunchedProgram started = site.Add(Launcher.Start(new Launch { Program = program, Arguments = ["--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")] }));
        var baseline = new ResidentGateway(started, program, $"127.0.0.1:{port}");
        await Patience.UntilAsync(() => Listening.IsAt(baseline.Address), "Kestrel listens");
        ExampleFile configuration = Workshop.Configuration("app-site.conf").With("WORD", word);
        Nginx nginx = site.Add(await Nginx.StartAsync(site.Installation, word == "fastcgi" ? configuration.With("# fastcgi_keep_conn", "fastcgi_keep_conn") : configuration));
        return (await OpenAsync("/hello/subject", subject), await OpenAsync("/hello/baseline", baseline));

        async Task<ISide> OpenAsync(string path, ResidentGateway server) =>
            new ResidentSide(workshop, await HelloSite.FindPageAsync(nginx.Browser, path, () => nginx.Log, "Hello " + path["/hello/".Length..]), server);
    });
}

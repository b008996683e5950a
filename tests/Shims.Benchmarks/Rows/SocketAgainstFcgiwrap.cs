using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

/// <summary>A resident gateway against fcgiwrap, and nothing else: no web server, and a script that costs next to nothing.</summary>
internal sealed class SocketAgainstFcgiwrap : IBenchmark
{
    private readonly Wire _wire;
    private readonly string[] _options;
    private readonly Target _rate, _processorTime;

    private SocketAgainstFcgiwrap(Wire wire, string name, Target rate, Target processorTime, params string[] options) =>
        (_wire, Name, _rate, _processorTime, _options) = (wire, name, rate, processorTime, options);

    /// <summary>The script writes to the connection itself.</summary>
    public static SocketAgainstFcgiwrap Scgi { get; } = new(Wire.Scgi, "scgi-socket", Target.AtLeast(1.7), Target.AtMost(0.5));

    /// <summary>All of the answer goes through the gateway, as it does in fcgiwrap.</summary>
    public static SocketAgainstFcgiwrap ScgiRelay { get; } = new(Wire.Scgi, "scgi-relay", Target.None, Target.AtMost(0.6), "--mode", "relay");

    /// <summary>The same, in records.</summary>
    public static SocketAgainstFcgiwrap FastCgi { get; } = new(Wire.FastCgi, "fcgi-socket", Target.AtLeast(1.5), Target.AtMost(0.65));

    public string Name { get; }

    public string Measure => $"four clients on the resident gateway's own socket{(_options.Length > 0 ? ", all of the answer through the gateway" : "")} -> a static program without a C library that writes a page; processor time and instructions are those of the gateway's own threads, without its children's";

    public string Baseline => "fcgiwrap -c 4";

    public string LeavesOut => "the web server, bodies and long answers; clients and scripts share the processors with the gateway, on both sides alike; each side is asked in its own protocol";

    public IReadOnlyList<Gauge> Gauges
    {
        get
        {
            string subject = string.Join(' ', [_wire.Program, .. _options, "(wait)"]);
            return
            [
                new(Name, $"{subject}, one process", Quantity.RequestRate, _rate),
                new(Name + "-cpu", $"{subject}, its own processor time", Quantity.ProcessorTimePerRequest, _processorTime),
                new(Name + "-instructions", $"{subject}, its own instructions for a request", Quantity.Instructions, Target.None),
            ];
        }
    }

    public string? Finding => "to start and to end even the smallest process is the kernel's work, and the same for every gateway: scgi-socket-c shows what is left to one that does nothing else";

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(site =>
    {
        string script = StaticHello.Compile(workshop);
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, workshop.Program(_wire.Program), [.. _options, script]);
        ResidentGateway baseline = site.StartGateway(Site.BaselineAddress, workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", "4");
        return Task.FromResult<(ISide, ISide)>((
            new SocketSide(new Clients(workshop, subject, _wire.Request(workshop, script, SampleRequest.Query))),
            new SocketSide(new Clients(workshop, baseline, Wire.FastCgi.Request(workshop, script, SampleRequest.Query)))));
    });
}

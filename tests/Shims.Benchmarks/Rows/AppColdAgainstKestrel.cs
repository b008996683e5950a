using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class AppColdAgainstKestrel : IBenchmark
{
    public string Name => "app-cold";

    public string Measure => "first request through nginx to an app of ASP.NET Core that is not running: systemd-socket-activate starts it";

    public string Baseline => "the same ten lines on Kestrel with UseSystemd(), native, in the template's settings, proxy_pass";

    public string LeavesOut => "a disk that has to be read; systemd-socket-activate takes the place of systemd, on both sides alike";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "apps/minimal-api, native, scgi_pass (wait)", Quantity.Duration, Target.AtMost(0.4))];

    public string? Finding => null;

    public Task<Contest> PrepareAsync(Workshop workshop) => Site.OpenAsync(async site =>
    {
        string ours = HelloApp.Program(workshop), theirs = workshop.Publish("kestrel-activated");
        Nginx nginx = site.Add(await Nginx.StartAsync(site.Installation, Workshop.Configuration("cold-site.conf")));
        return (new ColdSide(nginx, "/hello/subject", site.Installation.AddressOf(Site.SubjectAddress), ours),
            new ColdSide(nginx, "/hello/baseline", site.Installation.AddressOf(Site.BaselineAddress), theirs));
    });
}

using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class FcgidAgainstCgid : IBenchmark
{
    public string Name => "fcgid";

    public string Measure => "Apache -> shell hello, 8 clients: by mod_fcgid, whose wrapper is fcgi-run, against Apache's own way to run scripts";

    public string Baseline => "mod_cgid of the same Apache";

    public string LeavesOut => "bodies, long answers and the network; Apache, wrk and the scripts share the processors with the gateway, on both sides alike; mod_fcgid keeps as many fcgi-run as there are requests at a time";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "mod_fcgid, FcgidWrapper fcgi-run", Quantity.RequestRate, Target.None)];

    public string? Finding => null;

    public async Task<Contest> PrepareAsync(Workshop workshop)
    {
        // A copy of the scripts: Apache's own user may not be allowed into the checkout.
        Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        return await Site.OpenAsync(installation, async site =>
        {
            ExampleFile configuration = Workshop.Configuration("apache-site.conf").With("FCGI_RUN", workshop.Program("fcgi-run"));
            Apache apache = site.Add(await Apache.StartAsync(installation, configuration, ["fcgid", "cgid"]));
            var browser = new Browser(installation.PortOf(8080));
            return (await OpenAsync("/subject/hello.cgi"), await OpenAsync("/baseline/hello.cgi"));

            async Task<ISide> OpenAsync(string path) => new LoadSide(await HelloSite.FindPageAsync(browser, path, () => apache.Log));
        });
    }
}

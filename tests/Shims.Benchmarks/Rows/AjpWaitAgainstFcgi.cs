using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Rows;

internal sealed class AjpWaitAgainstFcgi : IBenchmark
{
    public string Name => "ajp-wait";

    public string Measure => "Apache -> resident gateway -> shell hello, 8 clients: by mod_proxy_ajp with kept connections, against mod_proxy_fcgi with kept connections";

    public string Baseline => "fcgi-run (wait)";

    public string LeavesOut => "bodies, long answers and the network; Apache, wrk and the scripts share the processors with the gateway, on both sides alike";

    public IReadOnlyList<Gauge> Gauges => [new(Name, "ajp-run (wait), one process", Quantity.RequestRate, Target.AtLeast(0.9))];

    public string? Finding => null;

    public async Task<Contest> PrepareAsync(Workshop workshop)
    {
        // A copy of the scripts: Apache's own user may not be allowed into the checkout.
        Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        return await Site.OpenAsync(installation, async site =>
        {
            string script = installation.AddressOf("/srv/cgi-bin/hello.cgi");
            site.StartGateway("/run/shims/ajp.sock", workshop.Program("ajp-run"), script);
            site.StartGateway("/run/shims/fcgi.sock", workshop.Program("fcgi-run"), script);
            foreach (string socket in (string[])["/run/shims/ajp.sock", "/run/shims/fcgi.sock"])
                File.SetUnixFileMode(installation.AddressOf(socket), (UnixFileMode)0b110_110_110); // Apache's own user
            Apache apache = site.Add(await Apache.StartAsync(installation, Workshop.Configuration("apache-ajp-site.conf"), ["proxy", "proxy_ajp", "proxy_fcgi"]));
            var browser = new Browser(installation.PortOf(8080));
            return (await OpenAsync("/ajp/hello.cgi"), await OpenAsync("/fcgi/hello.cgi"));

            async Task<ISide> OpenAsync(string path) => new LoadSide(await HelloSite.FindPageAsync(browser, path, () => apache.Log));
        });
    }
}

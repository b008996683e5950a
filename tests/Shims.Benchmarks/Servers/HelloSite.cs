using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>A web server in front of two gateways, both of which run the hello script of the examples.</summary>
internal static class HelloSite
{
    private const string Page = "Hello, world!\n";

    /// <summary>The script, for gateways that are told on their command line.</summary>
    public static string Script => Repository.PathTo("inetd-examples/cgi-bin/hello.cgi");

    /// <summary>Starts the gateways, nginx in front of them, and looks at one answer of each.</summary>
    /// <param name="subject">What nginx calls the protocol of the gateway under test: scgi or fastcgi.</param>
    /// <param name="baseline">What it calls the other one's.</param>
    /// <param name="startGateways">Starts both gateways.</param>
    public static Task<Contest> OpenAsync(string subject, string baseline, Func<Site, Task> startGateways) => Site.OpenAsync(async site =>
    {
        await startGateways(site);
        Nginx nginx = site.Add(await Nginx.StartAsync(site.Installation, Workshop.Configuration("site.conf").With("SUBJECT", subject).With("BASELINE", baseline)));
        return (new LoadSide(await FindPageAsync(nginx.Browser, "/subject", () => nginx.Log)), new LoadSide(await FindPageAsync(nginx.Browser, "/baseline", () => nginx.Log)));
    });

    /// <summary>Looks at one answer, slowly: it must be the right page that is counted later, and the log says more than wrk does.</summary>
    /// <exception cref="InvalidMeasurementException">It is not.</exception>
    public static async Task<Uri> FindPageAsync(Browser browser, string path, Func<string> log, string page = Page)
    {
        ScriptReply reply = await browser.GetAsync(path);
        return reply.Body == page
            ? new Uri($"http://127.0.0.1:{browser.Port}{path}")
            : throw new InvalidMeasurementException($"{path} answers {reply.Status}: {reply.Body}\n{log()}");
    }
}

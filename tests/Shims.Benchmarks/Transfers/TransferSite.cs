using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Servers;
using Shims.Testing;

namespace Shims.Benchmarks.Transfers;

/// <summary>nginx in front of one of our gateways and fcgiwrap, both of which run the same program for bodies of any size.</summary>
internal static class TransferSite
{
    /// <summary>Starts all three.</summary>
    /// <param name="wire">Which of our gateways.</param>
    /// <param name="workshop">Where the gateways come from.</param>
    /// <param name="program">What they run.</param>
    /// <param name="createSide">Makes a side of a page and the gateway behind it.</param>
    public static Task<Contest> OpenAsync(Wire wire, Workshop workshop, string program, Func<Uri, ResidentGateway, ISide> createSide) =>
        OpenAsync(wire, "fastcgi", workshop, program, site => Task.FromResult(site.StartGateway(Site.BaselineAddress, workshop.Stage(Tool.PathOf("fcgiwrap")), "-c", "4")), createSide);

    /// <summary>The same with another gateway in the place of fcgiwrap.</summary>
    /// <param name="wire">Which of our gateways.</param>
    /// <param name="baseline">What nginx calls the protocol of the other one.</param>
    /// <param name="workshop">Where the gateways come from.</param>
    /// <param name="program">What they run.</param>
    /// <param name="startBaseline">Starts the other one.</param>
    /// <param name="createSide">Makes a side of a page and the gateway behind it.</param>
    public static Task<Contest> OpenAsync(Wire wire, string baseline, Workshop workshop, string program, Func<Site, Task<ResidentGateway>> startBaseline, Func<Uri, ResidentGateway, ISide> createSide) => Site.OpenAsync(async site =>
    {
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, workshop.Program(wire.Program), program);
        ResidentGateway other = await startBaseline(site);
        Nginx nginx = site.Add(await Nginx.StartAsync(site.Installation, Workshop.Configuration("transfer-site.conf")
            .With("SUBJECT", wire.Nginx).With("BASELINE", baseline).With("PROGRAM", program)));
        var root = new Uri($"http://127.0.0.1:{nginx.Browser.Port}");
        return (createSide(new Uri(root, "/subject"), subject), createSide(new Uri(root, "/baseline"), other));
    });
}

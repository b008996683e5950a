using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>nginx in front of a resident handler and of Kestrel.</summary>
internal static class HandlerSite
{
    /// <summary>Starts all three, and looks at one answer of each side.</summary>
    /// <param name="workshop">Compiles the clients.</param>
    /// <param name="handler">A native program with a handler.</param>
    /// <param name="kestrel">An ASP.NET Core program that takes its port as argument.</param>
    public static Task<Contest> OpenAsync(Workshop workshop, string handler, string kestrel) => Site.OpenAsync(async site =>
    {
        int port = site.Installation.PortOf(5000);
        ResidentGateway subject = site.StartGateway(Site.SubjectAddress, handler);
        LaunchedProgram started = site.Add(Launcher.Start(new Launch { Program = kestrel, Arguments = [port.ToString(CultureInfo.InvariantCulture)] }));
        var baseline = new ResidentGateway(started, kestrel, $"127.0.0.1:{port}");
        await Patience.UntilAsync(() => Listening.IsAt(baseline.Address), "Kestrel listens");
        Nginx nginx = site.Add(await Nginx.StartAsync(site.Installation, Workshop.Configuration("handler-site.conf")));
        return (await OpenAsync("/subject", subject), await OpenAsync("/baseline", baseline));

        async Task<ISide> OpenAsync(string path, ResidentGateway server) =>
            new ResidentSide(workshop, await HelloSite.FindPageAsync(nginx.Browser, path, () => nginx.Log), server);
    });
}

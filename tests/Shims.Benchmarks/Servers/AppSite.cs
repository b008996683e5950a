using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>nginx in front of a resident app of ASP.NET Core by one of the protocols, and of the same program on Kestrel.</summary>
internal static class AppSite
{
    /// <summary>Starts the servers, and looks at one answer of each.</summary>
    /// <param name="word">What nginx calls the protocol.</param>
    /// <param name="measure">What is measured of a page and its server.</param>
    public static Task<Contest> OpenAsync(Workshop workshop, string word, Func<Uri, ResidentGateway, ISide> measure) => Site.OpenAsync(async site =>
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
            measure(await HelloSite.FindPageAsync(nginx.Browser, path, () => nginx.Log, "Hello " + path["/hello/".Length..]), server);
    });
}

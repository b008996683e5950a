using Shims.Testing;

namespace Shims.ControlTests.Deployments;

using Gateway = Testing.Gateway;

/// <summary>A site that works, of real servers and the examples: to be broken in one way, diagnosed, and cured.</summary>
internal sealed class BreakableSite : IAsyncDisposable
{
    private const int HangUp = 1;

    private BreakableSite(Installation installation, Gateway gateway, Inetd inetd, Nginx nginx) => (Installation, Gateway, Inetd, Nginx) = (installation, gateway, inetd, nginx);

    internal Installation Installation { get; }

    internal Gateway Gateway { get; }

    internal Inetd Inetd { get; private set; }

    internal Nginx Nginx { get; }

    internal string InetdFile => Find($"*-{Gateway.Name}.conf");

    internal string NginxSite => Find($"*-{Gateway.NginxWord}.conf");

    internal string NginxFile => Installation.Folder.PathTo("nginx-8080/nginx.conf");

    internal string Socket => Installation.AddressOf(Gateway.Socket);

    /// <summary>Starts nginx, openbsd-inetd and the example files for a folder of scripts, and sees that a page comes.</summary>
    internal static async Task<BreakableSite> OpenAsync(Gateway gateway, string? webUser = null, Func<ExampleFile, ExampleFile>? changeInetd = null, Func<ExampleFile, ExampleFile>? changeNginx = null, string page = "/cgi-bin/hello.cgi")
    {
        Requires.Tools("nginx", "inetd");
        Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        Inetd? inetd = null;
        try
        {
            inetd = await Inetd.StartAsync(installation, changeInetd is null ? gateway.InetdExample : changeInetd(gateway.InetdExample));
            var workshop = new BreakableSite(installation, gateway, inetd, await Nginx.StartAsync(installation, changeNginx is null ? gateway.NginxExample : changeNginx(gateway.NginxExample), user: webUser));
            await workshop.SeeAsync(page, 200);
            return workshop;
        }
        catch
        {
            if (inetd is not null)
                await inetd.DisposeAsync();
            installation.Dispose();
            throw;
        }
    }

    /// <summary>What doctor says of both halves.</summary>
    internal Task<Diagnosis> AskAsync(params string[] options) => Diagnosis.AskAsync([.. options, InetdFile, NginxFile]);

    /// <summary>Changes a configuration.</summary>
    internal static void Break(string file, string text, string replacement)
    {
        string whole = File.ReadAllText(file);
        Assert.Contains(text, whole, StringComparison.Ordinal);
        File.WriteAllText(file, whole.Replace(text, replacement, StringComparison.Ordinal));
    }

    /// <summary>Lets both servers read their configurations again, and waits until a page has a status.</summary>
    internal Task ReloadAndSeeAsync(string path, int status) => ReloadAndSeeAsync(path, reply => reply.Status == status);

    /// <summary>Lets both servers read their configurations again, and waits until a page is as it should be.</summary>
    internal async Task ReloadAndSeeAsync(string path, Func<ScriptReply, bool> isExpected)
    {
        Inetd.Signal(HangUp);
        Nginx.Signal(HangUp);
        await SeeAsync(path, isExpected);
    }

    /// <summary>Waits until a page has a status.</summary>
    internal Task SeeAsync(string path, int status) => SeeAsync(path, reply => reply.Status == status);

    /// <summary>Waits until a page is as it should be.</summary>
    internal async Task SeeAsync(string path, Func<ScriptReply, bool> isExpected)
    {
        // Servers do not tell when they have read their configuration.
        ScriptReply? reply = null;
        for (long start = Environment.TickCount64; reply is null || !isExpected(reply); reply = await TryGetAsync(path))
        {
            Assert.True(Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds, $"{path}: {reply?.Status} {reply?.Body}\n{Nginx.Log}\n{Inetd.Log}");
            await Task.Delay(20);
        }
    }

    /// <summary>Ends inetd and starts it with the same file.</summary>
    internal async Task RestartInetdAsync()
    {
        await Inetd.DisposeAsync();
        Inetd = await Inetd.StartAsync(InetdFile);
    }

    public async ValueTask DisposeAsync()
    {
        await Nginx.DisposeAsync();
        await Inetd.DisposeAsync();
        Installation.Dispose();
    }

    private async Task<ScriptReply?> TryGetAsync(string path)
    {
        try
        {
            return await Nginx.Browser.GetAsync(path);
        }
        catch (IOException)
        {
            return null; // A worker that was just leaving has had the connection.
        }
    }

    private string Find(string pattern) => Directory.GetFiles(Installation.Folder.Path, pattern).Single();
}

using System.Globalization;
using System.Net.Sockets;
using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Processes;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>nginx in front of a resident handler and of Kestrel. Owns every process of it.</summary>
internal sealed class HandlerSite : IAsyncDisposable
{
    private readonly Installation _installation = new();
    private readonly Stack<IAsyncDisposable> _servers = [];
    private readonly Socket _listener;

    private HandlerSite() => _listener = Address.Listen(_installation.AddressOf("/run/shims/subject.sock"));

    /// <summary>Starts all three, and looks at one answer of each side.</summary>
    /// <param name="handler">A native program with a handler.</param>
    /// <param name="kestrel">An ASP.NET Core program that takes its port as argument.</param>
    public static async Task<Contest> OpenAsync(string handler, string kestrel)
    {
        var site = new HandlerSite();
        try
        {
            int port = site._installation.PortOf(5000);
            site._servers.Push(Launcher.Start(new Launch { Program = handler, Input = site._listener.SafeHandle }));
            site._servers.Push(Launcher.Start(new Launch { Program = kestrel, Arguments = [port.ToString(CultureInfo.InvariantCulture)] }));
            await Until.TrueAsync(() => Listening.IsAt($"127.0.0.1:{port}"), "Kestrel listens");
            var nginx = await Nginx.StartAsync(site._installation, Workshop.Configuration("handler-site.conf"));
            site._servers.Push(nginx);
            return new Contest(await OpenAsync(nginx, "/subject"), await OpenAsync(nginx, "/baseline"), site);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_servers.TryPop(out IAsyncDisposable? server))
            await server.DisposeAsync();
        _listener.Dispose();
        _installation.Dispose();
    }

    private static async Task<LoadSide> OpenAsync(Nginx nginx, string path)
    {
        ScriptReply reply = await nginx.Browser.GetAsync(path);
        return reply.Body == HandlerHello.Page
            ? new LoadSide(new Uri($"http://127.0.0.1:{nginx.Browser.Port}{path}"))
            : throw new InvalidMeasurementException($"{path} answers {reply.Status}: {reply.Body}\n{nginx.Log}");
    }
}

using System.Net.Sockets;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>nginx in front of two gateways, both of which run the hello script of the examples. Owns every process of it.</summary>
internal sealed class HelloSite : IAsyncDisposable
{
    private const string Page = "Hello, world!\n";

    private readonly Installation _installation = new();
    private readonly Stack<IAsyncDisposable> _servers = [];
    private readonly List<Socket> _listeners = [];

    private HelloSite()
    {
    }

    /// <summary>The script, for gateways that are told on their command line.</summary>
    public static string Script => Repository.PathTo("inetd-examples/cgi-bin/hello.cgi");

    /// <summary>Starts the gateways, nginx in front of them, and looks at one answer of each.</summary>
    /// <param name="subject">What nginx calls the protocol of the gateway under test: scgi or fastcgi.</param>
    /// <param name="baseline">What it calls the other one's.</param>
    /// <param name="startGateways">Starts both gateways.</param>
    public static async Task<Contest> OpenAsync(string subject, string baseline, Func<HelloSite, Task> startGateways)
    {
        var site = new HelloSite();
        try
        {
            await startGateways(site);
            var nginx = await Nginx.StartAsync(site._installation, Workshop.Configuration("site.conf").With("SUBJECT", subject).With("BASELINE", baseline));
            site._servers.Push(nginx);
            return new Contest(await OpenAsync(nginx, "/subject"), await OpenAsync(nginx, "/baseline"), site);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>The gateway under test, resident: a listening socket is its descriptor 0.</summary>
    public void StartSubject(string program, params string[] arguments) => StartGateway("/run/shims/subject.sock", program, arguments);

    /// <summary>The other gateway, resident in the same way.</summary>
    public void StartBaseline(string program, params string[] arguments) => StartGateway("/run/shims/baseline.sock", program, arguments);

    /// <summary>Both gateways as programs that inetd starts for each connection.</summary>
    public async Task StartInetdAsync(string subject, string baseline) =>
        _servers.Push(await Inetd.StartAsync(_installation, Workshop.Configuration("inetd.conf").With("SUBJECT", subject).With("BASELINE", baseline)));

    public async ValueTask DisposeAsync()
    {
        while (_servers.TryPop(out IAsyncDisposable? server))
            await server.DisposeAsync();
        _listeners.ForEach(listener => listener.Dispose());
        _installation.Dispose();
    }

    private void StartGateway(string address, string program, string[] arguments)
    {
        // Kept open beside the gateway's own: disposing it would take the socket's name away too.
        Socket listener = Address.Listen(_installation.AddressOf(address));
        _listeners.Add(listener);
        _servers.Push(Launcher.Start(new Launch { Program = program, Arguments = arguments, Input = listener.SafeHandle }));
    }

    // Slowly, once: it must be the right page that is counted later, and the log says more than wrk does.
    private static async Task<LoadSide> OpenAsync(Nginx nginx, string path)
    {
        ScriptReply reply = await nginx.Browser.GetAsync(path);
        return reply.Body == Page
            ? new LoadSide(new Uri($"http://127.0.0.1:{nginx.Browser.Port}{path}"))
            : throw new InvalidMeasurementException($"{path} answers {reply.Status}: {reply.Body}\n{nginx.Log}");
    }
}

using System.Globalization;
using System.Net.Sockets;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>The servers that a benchmark needs, and the folder that their addresses lie in. Owns every process of it.</summary>
/// <param name="installation">What the names in configurations stand for.</param>
internal sealed class Site(Installation installation) : IAsyncDisposable
{
    /// <summary>Where the gateway under test listens, as configurations write it.</summary>
    public const string SubjectAddress = "/run/shims/subject.sock";

    /// <summary>Where the other one does.</summary>
    public const string BaselineAddress = "/run/shims/baseline.sock";

    /// <summary>More than any benchmark has clients: whoever connects to a unix socket whose queue is full is turned away.</summary>
    private const int Backlog = 1024;

    private readonly Stack<IAsyncDisposable> _servers = [];
    private readonly List<Socket> _listeners = [];

    public Installation Installation { get; } = installation;

    /// <summary>Starts everything, and hands over the two sides with it.</summary>
    public static Task<Contest> OpenAsync(Func<Site, Task<(ISide Subject, ISide Baseline)>> start) => OpenAsync(new Installation(), start);

    /// <summary>Starts everything, and hands over the two sides with it.</summary>
    public static async Task<Contest> OpenAsync(Installation installation, Func<Site, Task<(ISide Subject, ISide Baseline)>> start)
    {
        var site = new Site(installation);
        try
        {
            (ISide subject, ISide baseline) = await start(site);
            return new Contest(subject, baseline, site);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a server with this site, before those that were there already.</summary>
    public T Add<T>(T server) where T : IAsyncDisposable
    {
        _servers.Push(server);
        return server;
    }

    /// <summary>Starts a resident gateway: a listening socket is its descriptor 0.</summary>
    public ResidentGateway StartGateway(string address, string program, params string[] arguments)
    {
        // Kept open beside the gateway's own: disposing it would take the socket's name away too.
        Socket listener = Address.Listen(Installation.AddressOf(address));
        _listeners.Add(listener);
        listener.Listen(Backlog);
        LaunchedProgram gateway = Add(Launcher.Start(new Launch { Program = program, Arguments = arguments, Input = listener.SafeHandle }));
        return new ResidentGateway(gateway, program, Installation.AddressOf(address));
    }

    /// <summary>Starts uWSGI with its cgi plugin, which listens by itself: four workers, as many as fcgiwrap has.</summary>
    /// <exception cref="InvalidMeasurementException">It does not listen.</exception>
    public async Task<ResidentGateway> StartUwsgiAsync(string address, string program, string script, int workers = 4)
    {
        string here = Installation.AddressOf(address);
        LaunchedProgram gateway = Add(Launcher.Start(new Launch
        {
            Program = program,
            Arguments =
            [
                "--plugins", "0:cgi", "--socket", here, "--master", "--processes", workers.ToString(CultureInfo.InvariantCulture), "--cgi", script, "--buffer-size", "32768", "--listen", "256", "--disable-logging", "--die-on-term",
            ],
        }));
        for (long start = Environment.TickCount64; !Listening.IsAt(here); await Task.Delay(5))
        {
            if (!gateway.IsRunning || Environment.TickCount64 - start > Patience.Limit.TotalMilliseconds)
                throw new InvalidMeasurementException($"uWSGI does not listen: {gateway.ErrorSoFar}");
        }
        return new ResidentGateway(gateway, program, here);
    }

    public async ValueTask DisposeAsync()
    {
        while (_servers.TryPop(out IAsyncDisposable? server))
            await server.DisposeAsync();
        _listeners.ForEach(listener => listener.Dispose());
        Installation.Dispose();
    }
}

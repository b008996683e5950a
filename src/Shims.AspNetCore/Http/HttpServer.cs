using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shims.AspNetCore.Starting;
using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Http;

/// <summary>Kestrel, on what has been handed over.</summary>
internal sealed class HttpServer : IServer
{
    private readonly KestrelServer _kestrel;
    private readonly ServerAddressesFeature _addresses = new();
    private readonly InheritedListener _listener;
    private readonly HttpLife _life;
    private readonly IHostApplicationLifetime _lifetime;
    private int _open;

    public HttpServer(ShimServerOptions options, IOptions<KestrelServerOptions> kestrel, IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    {
        _lifetime = lifetime;
        _listener = new InheritedListener(loggers)
        {
            Peers = options.Administrator.AllowFrom is { } peers ? AllowedPeers.Parse(peers) : null,
            Taken = Take,
        };
        _life = new HttpLife(options, _listener.Stop, lifetime.StopApplication);
        _kestrel = new KestrelServer(kestrel, _listener, loggers);
        // The host and the app write there. In Kestrel's own list are addresses that it believes to be its own, and that cannot be taken out.
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    public IFeatureCollection Features => _kestrel.Features;

    private static bool HasOne => ShimStart.Handover.Kind == StartedAs.Connection;

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _lifetime.ApplicationStopping.Register(ShimStart.Leave);
        _lifetime.ApplicationStarted.Register(Serve);
        string[] named = IgnoredAddresses.Take(_addresses);
        await _kestrel.StartAsync(new CountedApplication<TContext>(application, _life), cancellationToken);
        IgnoredAddresses.Report([.. named, .. _listener.Others]);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _kestrel.StopAsync(cancellationToken);

    public void Dispose()
    {
        _life.Dispose();
        _kestrel.Dispose();
    }

    private void Serve()
    {
        if (!ShimStart.TryServe())
            return;
        if (HasOne)
        {
            if (!_listener.TryTakeOnly(ShimStart.Handover.Sockets[0]))
                _lifetime.StopApplication();
            return;
        }
        _listener.Listen(ShimStart.Handover.Sockets);
        _life.Start();
    }

    private void Take(ConnectionContext connection)
    {
        Interlocked.Increment(ref _open);
        _life.Take(connection);
        connection.ConnectionClosed.UnsafeRegister(_ => Closed(connection), null);
    }

    private void Closed(ConnectionContext connection)
    {
        _life.Leave(connection);
        if (Interlocked.Decrement(ref _open) == 0 && HasOne)
            _lifetime.StopApplication();
    }
}

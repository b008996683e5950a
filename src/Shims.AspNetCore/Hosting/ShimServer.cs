using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shims.AspNetCore.Http;
using Shims.AspNetCore.Serving;
using Shims.AspNetCore.Starting;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Hosting;

/// <summary>The server of an app that a super-server has started: it speaks SCGI, FastCGI and CGI.</summary>
/// <remarks>
/// Requests begin when the app has started wholly, so that its hosted services are there and <see cref="IHostApplicationLifetime.ApplicationStarted"/> has been told; and the
/// host is stopped when no more connections are taken: an app that holds requests open, as a hub of SignalR does, lets them go then.
/// </remarks>
internal sealed class ShimServer : IServer
{
    private readonly Handover _handover;
    private readonly ShimServerOptions _options;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeSpan _shutdownTime;
    private readonly ILogger _logger;
    private readonly ServerAddressesFeature _addresses = new();
    private readonly KestrelSettings _kestrel;
    private readonly IServiceProvider _provider;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile GatewayServing? _serving;
    private volatile bool _isStopping;
    private volatile bool _hasBegun;

    public ShimServer(ShimServerOptions options, IHostApplicationLifetime lifetime, IOptions<HostOptions> host, ILoggerFactory loggers, KestrelSettings kestrel, IServiceProvider provider)
    {
        (_kestrel, _provider) = (kestrel, provider);
        _handover = ShimStart.Handover;
        (_options, _lifetime, _shutdownTime) = (options, lifetime, host.Value.ShutdownTimeout);
        _logger = loggers.CreateLogger("Shims.AspNetCore");
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        ReportAddresses();
        ServerSettings settings = ServerSettings.Of(_options);
        var responder = new AppResponder(channel => AppRequest.RunAsync(application, channel, settings, _logger), _options.MaxRequests, Stop, _lifetime.StopApplication, _logger);
        _lifetime.ApplicationStopping.Register(ShimStart.Leave);
        _lifetime.ApplicationStarted.Register(() =>
        {
            if (!ShimStart.TryServe())
                return;
            _hasBegun = true;
            new Thread(() => Serve(responder)) { IsBackground = true, Name = "shim" }.Start();
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Stop();
        // What is in flight gets as long as the host allows: see FinishTime.
        return _hasBegun ? _ended.Task : Task.CompletedTask;
    }

    public void Dispose()
    {
        // Descriptors go with the process.
    }

    private void ReportAddresses()
    {
        string[] named = IgnoredAddresses.Take(_addresses);
        // A process for one request has no time for more.
        IgnoredAddresses.Report(_handover.Kind == StartedAs.Listener ? [.. named, .. _kestrel.FindAddresses(_provider)] : named);
    }

    private void Stop()
    {
        _isStopping = true;
        _serving?.Stop();
    }

    private void Serve(IResponder responder)
    {
        try
        {
            var serving = new GatewayServing(_handover, GatewayOptionsMaker.Make(_options, _shutdownTime), responder, (long)_options.MaxAge.TotalMilliseconds);
            _serving = serving;
            if (_isStopping)
                serving.Stop();
            serving.Run();
        }
        catch (Exception exception)
        {
            ServerLog.Unforeseen(_logger, exception);
            Environment.ExitCode = (int)((exception as ShimException)?.ExitCode ?? ExitCode.SystemError);
        }
        finally
        {
            _ended.TrySetResult();
            _lifetime.StopApplication();
        }
    }
}

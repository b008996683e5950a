using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shims.Diagnostics;

namespace Shims.Control.Serve;

/// <summary>Web server and inetd in one, for development: Kestrel speaks HTTP, and each request starts the program that inetd would
/// start.</summary>
internal sealed class DevelopmentServer : IDisposable
{
    private static readonly DigitsOnly s_digitsOnly = new();

    private readonly ServeSettings _settings;
    private readonly Site _site;
    private readonly RequestLog _log = new();
    private readonly ProgramStarter _starter = new();
    private readonly ScriptVerdicts _verdicts;
    private readonly AppBuilds _builds;
    private readonly ScriptExchange _exchange;
    private readonly LiveReload? _live;
    private readonly CancellationTokenSource _ending = new();
    private readonly KestrelServer _kestrel;

    /// <exception cref="ShimException">A program of this project is missing.</exception>
    internal DevelopmentServer(ServeSettings settings)
    {
        _settings = settings;
        _site = new Site(settings);
        _verdicts = new ScriptVerdicts(_site.ShimOptions);
        _builds = new AppBuilds(_starter) { Progress = build => BuildProgress?.Invoke(build) };
        _exchange = new ScriptExchange(_site, _starter, _verdicts, new CompilingApps(_builds))
        {
            Ended = record => RequestEnded?.Invoke(record),
        };
        _live = settings.IsLive ? new LiveReload(_site.Root) : null;
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        // The shim limits size and speed of a body.
        options.Limits.MaxRequestBodySize = null;
        options.RequestHeaderEncodingSelector = static name =>
            name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? s_digitsOnly : null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Listen(settings.Address, settings.Port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        _kestrel = new KestrelServer(Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    /// <summary>Called at the end of every request, and when a program that had lost its browser has been ended.</summary>
    internal Action<RequestRecord>? RequestEnded { get; init; }

    /// <summary>Called when a compilation has begun, and when it has ended.</summary>
    internal Action<AppBuild>? BuildProgress { get; init; }

    /// <summary>Begins to listen.</summary>
    /// <returns>The address, with the actual port.</returns>
    /// <exception cref="ShimException">Listening failed.</exception>
    internal async Task<IPEndPoint> StartAsync()
    {
        // The port is known only after the start, and the server needs the application before.
        var endpoint = new IPEndPoint(_settings.Address, _settings.Port);
        var sender = new RequestSender(_site, _exchange, _log, _ending.Token);
        var inspector = new Inspector(_log, _site, new RecordedCommands(_site, () => Authority(endpoint)), State, _live, _builds,
            new InspectorActions(_log, _site, sender), _ending.Token);
        var application = new HttpApplication(_site, _exchange, new IndexPage(_site, _verdicts), inspector, _log,
            new AllowedHosts(_settings.AllowedHosts), _settings.IsLive)
        { RequestEnded = RequestEnded };
        try
        {
            await _kestrel.StartAsync(application, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw Explain(exception);
        }
        // Most of it is done before the browser asks.
        if (Site.IsSource(_settings.What))
            _builds.Of(_settings.What);
        endpoint.Port = new Uri(_kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return endpoint;
    }

    /// <summary>Waits for SIGINT, SIGTERM or SIGHUP, and ends every program that was started.</summary>
    internal async Task RunToEndAsync()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            told.TrySetResult();
        }
        using (PosixSignalRegistration.Create(PosixSignal.SIGINT, End))
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, End))
        using (PosixSignalRegistration.Create(PosixSignal.SIGHUP, End))
        {
            await told.Task;
            await _ending.CancelAsync();
            // The programs first: the requests that wait for their responses end with them.
            Task programs = _starter.StopAllAsync();
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _kestrel.StopAsync(now.Token);
            await programs;
        }
    }

    public void Dispose()
    {
        _kestrel.Dispose();
        _live?.Dispose();
        _ending.Dispose();
    }

    /// <summary>HOST:PORT for a URL.</summary>
    internal static string Authority(IPEndPoint endpoint)
    {
        IPAddress address = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endpoint.Address;
        return new IPEndPoint(address, endpoint.Port).ToString();
    }

    private readonly long _startedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private ServerState State() => new(_site.Title, _site.Protocol.Name, _log.Count, _log.ForgottenUpTo, RequestLog.Capacity, _startedAt);

    private ShimException Explain(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                return new ShimException(ExitCode.SystemError, $"address already in use: {_settings.Address} port {_settings.Port}",
                    "use another port with --port (--port 0 takes a free one), or stop the program that listens there: " +
                    $"ss -ltnp 'sport = :{_settings.Port}'");
            }
            if (inner is SocketException { SocketErrorCode: SocketError.AccessDenied })
            {
                return new ShimException(ExitCode.SystemError,
                    $"permission denied: user {Environment.UserName} may not listen on port {_settings.Port}",
                    "use a port above 1023 with --port");
            }
            if (inner is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
            {
                return new ShimException(ExitCode.SystemError,
                    $"cannot assign requested address: this machine does not have {_settings.Address}",
                    "use an address of this machine with --listen; ip address shows them");
            }
        }
        return new ShimException(ExitCode.SystemError,
            $"cannot listen on {_settings.Address} port {_settings.Port}: {exception.Message.TrimEnd('.')}",
            "use another port with --port");
    }
}

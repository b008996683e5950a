using Shims.AspNetCore.Starting;
using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Serving;

/// <summary>The options of the app as the gateway's own.</summary>
internal static class GatewayOptionsMaker
{
    /// <summary>Milliseconds after which a peer that has ended its sending is taken for gone: the app is to know within a second.</summary>
    private const int GoneAfter = 500;

    /// <param name="options">The app's.</param>
    /// <param name="shutdownTime">For what is in flight at the end.</param>
    /// <param name="hasHost">True if there is a host, which ends the process when it is told to.</param>
    internal static GatewayOptions Make(ShimServerOptions options, TimeSpan shutdownTime, bool hasHost = true) => new()
    {
        Program = AppFiles.Name,
        Target = default,
        Mode = RunMode.Relay,
        StandardError = options.Administrator.StandardError,
        AccessLog = options.Administrator.AccessLog,
        TrustsRequestId = options.Administrator.TrustRequestId,
        LogFormat = options.Administrator.LogFormat,
        Sockets = SocketOptions.Read(listen: null, mode: null, allowsRoot: false, options.Administrator.AllowFrom),
        StatusPath = GatewayOptions.OwnPath(options.Administrator.StatusPath),
        PingPath = GatewayOptions.OwnPath(options.Administrator.PingPath),
        EndsBySignals = !hasHost,
        WatchedFiles = AppFiles.WatchedWith(options.WatchedFiles),
        Limits = new Limits
        {
            ScriptSeconds = options.Administrator.HandlerTimeout is { } timeout ? Seconds(timeout) : null,
            HeaderSeconds = Seconds(options.Administrator.HeaderTimeout),
            HeaderSize = options.Administrator.MaxHeaderSize,
            BodySize = long.MaxValue, // the app has its own limit, and says when
            Concurrency = options.Administrator.MaxConcurrentRequests,
            IdleSeconds = WholeSeconds(options.IdleTimeout),
            FinishSeconds = shutdownTime == Timeout.InfiniteTimeSpan ? int.MaxValue / 1000 : Seconds(shutdownTime),
            GoneAfter = GoneAfter,
        },
    };

    private static int Seconds(TimeSpan time) => Math.Max(1, WholeSeconds(time));

    /// <summary>Rounded up.</summary>
    private static int WholeSeconds(TimeSpan time) => (int)Math.Min(int.MaxValue / 1000, (time.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
}

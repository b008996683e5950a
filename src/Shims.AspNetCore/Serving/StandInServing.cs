using Shims.AspNetCore.Starting;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Serving;

/// <summary>Serves in the place of an app that is not there.</summary>
internal static class StandInServing
{
    private const int LookInterval = 500;

    /// <param name="handover">What is served.</param>
    /// <param name="page">What each request gets, with the header of a CGI response.</param>
    /// <param name="fault">Why there is no app.</param>
    /// <param name="idle">On a listening socket: the time without a request after which that is over.</param>
    /// <param name="isOver">True if it is over sooner.</param>
    internal static void Serve(Handover handover, byte[] page, Fault fault, TimeSpan idle, Func<bool> isOver)
    {
        GatewayOptions options = GatewayOptionsMaker.Make(ShimConfiguration.ReadEnvironment(idle), TimeSpan.FromSeconds(5), hasHost: false);
        // Whether the app speaks HTTP is not known: it has not been asked.
        var http = new HttpAnswer(fault, [.. "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"u8, .. page.AsSpan(page.AsSpan().IndexOf((byte)'\n') + 1)]);
        var serving = new GatewayServing(handover, options, new PageResponder(page, fault), maxAge: 0, http);
        using var look = new Timer(_ => StopIf(serving, isOver), null, LookInterval, LookInterval);
        serving.Run();
    }

    private static void StopIf(GatewayServing serving, Func<bool> isOver)
    {
        if (isOver())
            serving.Stop();
    }
}

using Shims.AspNetCore.Starting;
using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Serving;

/// <summary>Serves in the place of an app that is not there.</summary>
internal static class StandInServing
{
    private const int LookInterval = 500;

    /// <param name="handover">What is served.</param>
    /// <param name="responder">Answers requests.</param>
    /// <param name="idle">On a listening socket: the time without a request after which that is over.</param>
    /// <param name="isOver">True if it is over sooner.</param>
    internal static void Serve(Handover handover, IResponder responder, TimeSpan idle, Func<bool> isOver)
    {
        GatewayOptions options = GatewayOptionsMaker.Make(ShimConfiguration.ReadEnvironment(idle), TimeSpan.FromSeconds(5));
        var serving = new GatewayServing(handover, options, responder, maxAge: 0);
        using var look = new Timer(_ => StopIf(serving, isOver), null, LookInterval, LookInterval);
        serving.Run();
    }

    private static void StopIf(GatewayServing serving, Func<bool> isOver)
    {
        if (isOver())
            serving.Stop();
    }
}

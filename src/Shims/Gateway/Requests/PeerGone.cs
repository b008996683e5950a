using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Gateway.Requests;

/// <summary>A web server that has left before the response was complete.</summary>
internal static class PeerGone
{
    /// <summary>True if that may have been the web server's patience: browsers that go elsewhere do it sooner.</summary>
    /// <param name="elapsed">Milliseconds since the start of the script or the handler.</param>
    internal static bool IsWorthALine(long elapsed) => elapsed >= Limits.SlowResponse;

    /// <summary>The line about it.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="elapsed">Milliseconds since the start of the script or the handler.</param>
    /// <param name="hasAnswered">True if the response had begun.</param>
    /// <param name="ending">The end of the script or the handler.</param>
    internal static Fault Explain(Exchange exchange, long elapsed, bool hasAnswered, string ending) => new(502,
        $"{WebServerName.Of(exchange.Variables)} closed the connection after {elapsed / 1000} s {(hasAnswered ? "in the middle of the response" : "without a response")}; {ending}",
        "make it faster, or raise the web server's time limit (nginx: scgi_read_timeout, fastcgi_read_timeout); nothing to do if the browser has left");
}

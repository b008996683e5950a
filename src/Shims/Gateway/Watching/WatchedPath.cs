using Shims.Cgi;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Watching;

/// <summary>The paths at which a gateway answers itself.</summary>
internal enum WatchedPath : byte
{
    /// <summary>Any other path: it belongs to the scripts.</summary>
    None,

    /// <summary><c>--status-path</c>.</summary>
    Status,

    /// <summary><c>--ping-path</c>.</summary>
    Ping,
}

/// <summary>Sees whether a request asks for one of these paths.</summary>
/// <remarks>
/// Only SCRIPT_NAME counts, byte by byte and not decoded: it is what a location of the web server stands for, so the rule there on who may see the page holds. REQUEST_URI is the
/// visitor's, and PATH_INFO is what follows any script. AJP13 has no SCRIPT_NAME; there the path of the URL, as it is in the packet, is all that web server and gateway know.
/// </remarks>
internal static class WatchedPaths
{
    /// <summary>True if the command line has one.</summary>
    internal static bool Has(GatewayOptions options) => options.StatusPath is not null || options.PingPath is not null;

    /// <summary>The path that a request asks for.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="request">The request's variables.</param>
    /// <param name="namesScript">False for AJP13.</param>
    internal static WatchedPath Of(GatewayOptions options, CgiVariables request, bool namesScript)
    {
        ReadOnlySpan<byte> path = namesScript ? request.Get("SCRIPT_NAME"u8) : RequestedPath.In(request.Get("REQUEST_URI"u8));
        WatchedPath watched = Is(options.StatusPath, path) ? WatchedPath.Status : Is(options.PingPath, path) ? WatchedPath.Ping : WatchedPath.None;
        // An authorizer is asked whether a visitor may see this path, and an answer of 200 says yes.
        return watched != WatchedPath.None && request.TryGet("FCGI_ROLE"u8, out _) ? WatchedPath.None : watched;
    }

    private static bool Is(byte[]? watched, ReadOnlySpan<byte> path) => watched is not null && path.SequenceEqual(watched);
}

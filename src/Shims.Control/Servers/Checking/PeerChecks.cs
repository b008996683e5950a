using Shims.Gateway.Connections;
using Shims.Gateway.Requests;

namespace Shims.Control.Servers.Checking;

/// <summary>Whether a service says which machines it serves, where others than this one can connect.</summary>
internal static class PeerChecks
{
    /// <summary>True if others can connect, and it serves them all.</summary>
    internal static bool IsOpen(Service service) => service.Address is { IsLoopback: false } && !NamesPeers(service);

    /// <summary>The advice, and the option by which a gateway serves a web server on another machine.</summary>
    /// <param name="service">The service.</param>
    /// <param name="nearest">The cure where the web server is on this machine.</param>
    internal static string Advise(Service service, string nearest) => service.Command is { IsGateway: true } command
        ? $"{nearest}; or, if the web server is on another machine, let {command.Name} serve that alone: {AllowedPeers.Option} ADDRESS"
        : nearest;

    private static bool NamesPeers(Service service) =>
        service.Command?.ValueOf(AllowedPeers.Option) is not null || service.Variables.Any(variable => NamesPeers(service, variable.Name));

    /// <summary>The variables of handlers, and of FastCGI 1.0 section 3.2, which counts on listening sockets.</summary>
    private static bool NamesPeers(Service service, string variable) => variable switch
    {
        "SHIMS_ALLOW_FROM" => service.Command?.IsGateway == false,
        "FCGI_WEB_SERVER_ADDRS" => !service.StartsForEach && service.Spoken.Contains(Protocols.FastCgi),
        _ => false,
    };
}

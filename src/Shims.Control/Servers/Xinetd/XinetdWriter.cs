using System.Globalization;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers.Xinetd;

/// <summary>A service of xinetd. xinetd.conf(5)</summary>
internal static class XinetdWriter
{
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment) => [new ConfigurationSnippet(
        $"xinetd: a file of its own, /etc/xinetd.d/{deployment.Name}", "service xinetd reload", $$"""
            service {{deployment.Name}}
            {
                disable         = no
                # Not in /etc/services, so port and protocol stand here.
                type            = UNLISTED
                socket_type     = stream
                protocol        = tcp
                # {{char.ToUpperInvariant(deployment.Callers[0])}}{{deployment.Callers[1..]}}: {{deployment.Risk}}.
            {{Remark(deployment.Address)}}    bind            = {{deployment.Address.Host}}
                port            = {{deployment.Address.Port}}
                # {{(deployment.Waits ? "One process gets the listening socket, and answers all requests." : "One process per request.")}}
                wait            = {{(deployment.Waits ? "yes" : "no")}}
                user            = {{deployment.User}}
                server          = {{deployment.Program}}
            {{Words(deployment)}}            {{(deployment.Waits ? "" : Limits)}}    # A line per request is the web server's business.
                log_on_success  =
                log_on_failure  = HOST
            }

            """)];

    /// <summary>A line of comment where it is due, and the one by which an address of IPv6 is known for one.</summary>
    private static string Remark(ListenAddress address) => (address.Remark is { Length: > 0 } remark ? $"    {remark}" : "")
        + (HostAddress.IsIPv6(address.Host) ? "    flags           = IPv6\n" : "");

    /// <summary>Nothing if there are none: xinetd switches a service off whose line has no words.</summary>
    private static string Words(Deployment deployment) => deployment.Arguments.Count == 0 ? "" : $"""
            # Without the program's own name, unlike inetd.conf.
            server_args     = {string.Join(' ', deployment.Arguments)}

        """;

    private static string Limits { get; } = string.Create(CultureInfo.InvariantCulture, $"""
            # So many scripts at a time. Xinetd closes the connections of more, so choose it generously.
            instances       = {Deployment.Concurrency}
            # All of them come from the web server.
            per_source      = UNLIMITED
            # The usual 50 per second would switch the service off.
            cps             = 100000 1

        """);
}

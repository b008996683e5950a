using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers.HAProxy;

/// <summary>HAProxy 2.2 or newer: fcgi-app. https://docs.haproxy.org/2.6/configuration.html section 10</summary>
internal static class HAProxyWriter
{
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        string name = deployment.Name;
        yield return new ConfigurationSnippet("HAProxy: into the frontend (mode http) of the site in /etc/haproxy/haproxy.cfg", "", deployment.IsWholeSite ? ForSite(deployment) : $$"""
                # {{deployment.Url}} and what is below it; but not {{deployment.Url}}2.
                acl for_{{name}} path_reg ^{{Regex.Escape(deployment.Url)}}(/|$)
                # HAProxy makes REMOTE_USER of an Authorization header without checking it.
                # To let people log in, replace this line by a check:
                #   http-request auth if for_{{name}} !{ http_auth(NAME-OF-A-USERLIST) }
                http-request del-header Authorization if for_{{name}}
                use_backend {{name}} if for_{{name}}

            """);
        const string reload = "haproxy -c -f /etc/haproxy/haproxy.cfg && systemctl reload haproxy";
        string life = deployment.Waits
            ? "One process answers all requests: connections are kept."
            : "One process per connection, and one connection per request.";
        yield return new ConfigurationSnippet("HAProxy: sections of their own at the end of the same file", reload, $$"""
            backend {{name}}
                mode http
                use-fcgi-app {{name}}
            {{Servers(deployment)}}
                # How long there may be silence before HAProxy answers 504.
                timeout server {{deployment.SilenceLimit}}s

            fcgi-app {{name}}
            {{Script(deployment)}}    # {{life}}
                {{(deployment.Waits ? "option keep-conn" : "no option keep-conn")}}

            """);
    }

    /// <summary>Each host is asked every two seconds, over FastCGI as use-fcgi-app has it.</summary>
    private const string Check = "check inter 2s fall 2 rise 1";

    private static string Servers(Deployment deployment) => deployment.Hosts.Count == 0
        ? $"""
              # The address that the super-server listens at.
              {Place(deployment)}
              server {deployment.ProgramName} {(deployment.Address.Path is { } path ? "unix@" + path : deployment.Address)} proto fcgi
              timeout connect 5s
          """
        : $"""
              balance roundrobin
              # A connection that a host does not take goes to another host, and not to the same one again.
              option redispatch 1
              # So does a request whose host ends the connection without a response, or is silent for as long as "timeout server".
              retry-on conn-failure empty-response response-timeout
              # But a POST does not: its script may have run.
              http-request disable-l7-retry if METH_POST
              # Each host is asked every two seconds, over FastCGI, whether it can take a request: it cannot while it ends, nor while --max scripts run.
              # After two such answers, or none, it gets no requests until it can.
              option httpchk GET {deployment.PingPath}
              # The addresses that the super-servers listen at.
          {string.Join('\n', deployment.Members.Select((host, index) => $"    server host{index + 1} {host.Address} proto fcgi {Check}"))}
              # A host that is switched off does not refuse a connection: it is silent.
              timeout connect 2s
          """;

    private static string ForSite(Deployment deployment) => $$"""
            # HAProxy makes REMOTE_USER of an Authorization header without checking it.
            # To let people log in, replace this line by a check:
            #   http-request auth unless { http_auth(NAME-OF-A-USERLIST) }
            http-request del-header Authorization
            {{(deployment.StatusPath is null ? "" : $"# What the app does and has done: shimctl status asks for it at the socket.\n    http-request deny if {{ path {deployment.StatusPath} }}\n    ")}}{{(deployment.PingPath is null ? "" : $"# For the backend's own checks.\n    http-request deny if {{ path {deployment.PingPath} }}\n    ")}}# The whole site is the app.
            default_backend {{deployment.Name}}

        """;

    private static string Place(Deployment deployment) => deployment.Address.Path is null
        ? "# TCP: a chroot in the global section, as Debian's has it, does not matter."
        : "# Its owner is the user of HAProxy's global section. Debian's has chroot /var/lib/haproxy too, in which a path is looked for:\n"
            + "    # take that line out, or write --port 9000 instead of --socket.";

    private static string Script(Deployment deployment)
    {
        if (deployment.IsWholeSite)
            return $"    docroot {(deployment.Parent is "" ? "/" : deployment.Parent)}\n";
        if (deployment.Kind != TargetKind.Directory)
        {
            return $"""
                    # The first group is SCRIPT_NAME, the second one PATH_INFO.
                    docroot {(deployment.Parent is "" ? "/" : deployment.Parent)}
                    path-info ^({Regex.Escape(deployment.Url)})(/.*)?$

                """;
        }
        // path,field(3,/,0): from the third on of what slashes divide, counted from the empty one in front of the first.
        string field = (deployment.Url.Count(letter => letter == '/') + 2).ToString(CultureInfo.InvariantCulture);
        return deployment.IsBelowDocumentRoot
            ? $"""
                    # Which file to run: this and the path of the URL.
                    # {deployment.ProgramName} finds out where the script ends and PATH_INFO begins.
                    docroot {(deployment.Parent is "" ? "/" : deployment.Parent)}

                """
            : $"""
                    docroot {deployment.Target}
                    # Which file to run: the rest of the URL after {deployment.Url}.
                    # {deployment.ProgramName} finds out where the script ends and PATH_INFO begins.
                    set-param SCRIPT_FILENAME "{deployment.Target}/%[path,field({field},/,0),url_dec]"

                """;
    }
}

using System.Text.RegularExpressions;
using Shims.Control.Doctor.Configurations;
using Shims.Control.Doctor.Fixes;
using Shims.Gateway.Connections;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Where Caddy and HAProxy send FastCGI requests.</summary>
internal static partial class FlatRoutes
{
    /// <summary>Every reverse_proxy with transport fastcgi, and php_fastcgi.</summary>
    internal static IEnumerable<Route> FromCaddyfile(string path)
    {
        IReadOnlyList<Directive> directives = FlatReader.ParseCaddyfile(ConfigurationFile.TryRead(path) ?? "", path);
        foreach (Directive proxy in directives.SelectMany(directive => directive.All))
        {
            Directive? transport = proxy.Block.FirstOrDefault(inner => inner.Is("transport") && inner.Argument == "fastcgi");
            if ((!proxy.Is("reverse_proxy") || transport is null) && !proxy.Is("php_fastcgi"))
                continue;
            Word? address = proxy.Arguments.LastOrDefault();
            string? matcher = proxy.Arguments.Count > 1 && proxy.Argument.StartsWith('/') && proxy.Argument.EndsWith('*') ? proxy.Argument[..^1] : null;
            string? root = (transport?.Block ?? proxy.Block).FirstOrDefault(inner => inner.Is("root"))?.Arguments.LastOrDefault()?.Text;
            yield return new Route("Caddy", proxy.Place, proxy.Name, Protocols.FastCgi)
            {
                Address = address is null ? null : SocketAddress.Parse(WithoutScheme().Replace(address.Text, "")),
                AddressPlace = address?.Place ?? proxy.Place,
                UrlPrefix = matcher ?? "/",
                Takes = url => matcher is null || url.StartsWith(matcher, StringComparison.Ordinal),
                Variables = url => root is null ? null : VariablesFor(root, url),
                Reload = ShellCommand.Of("caddy", "reload", "--config", path),
            };
        }
    }

    /// <summary>Every server that is spoken to in FastCGI.</summary>
    internal static IEnumerable<Route> FromHAProxy(string path)
    {
        IReadOnlyList<Directive> sections = FlatReader.ParseHAProxy(ConfigurationFile.TryRead(path) ?? "", path);
        string? user = sections.Where(section => section.Is("global")).SelectMany(section => section.Block).LastOrDefault(line => line.Is("user"))?.Argument;
        foreach (Directive section in sections)
        {
            string? app = section.Block.FirstOrDefault(line => line.Is("use-fcgi-app"))?.Argument;
            Directive? settings = sections.FirstOrDefault(other => other.Is("fcgi-app") && other.Argument == app);
            foreach (Directive server in section.Block.Where(line => line.Is("server") && line.Text.Contains("proto fcgi", StringComparison.Ordinal) && line.Arguments.Count > 1))
            {
                yield return new Route("HAProxy", server.Place, "proto fcgi", Protocols.FastCgi)
                {
                    Address = SocketAddress.Parse(WithoutScheme().Replace(server.Arguments[1].Text, "")),
                    WebUser = user,
                    // Without a line that says no, it does.
                    KeepsConnections = settings is not null && !settings.Block.Any(line => line.Is("no") && line.Text == "option keep-conn"),
                    Variables = url => settings is null ? null : HAProxyVariables(settings, url),
                    Reload = RunningServers.ReloadCommand(path, "USR2", ShellCommand.Of("systemctl", "reload", "haproxy"), "haproxy"),
                };
            }
        }
    }

    private static Dictionary<string, string>? HAProxyVariables(Directive app, string url)
    {
        string? root = app.Block.FirstOrDefault(line => line.Is("docroot"))?.Argument;
        string? expression = app.Block.FirstOrDefault(line => line.Is("path-info"))?.Argument;
        if (root is null)
            return null;
        Match? match = expression is null ? null : NginxPattern.TryCompile(expression, ignoreCase: false)?.Match(url);
        string name = match is { Success: true } ? match.Groups[1].Value : url;
        return new() { ["SCRIPT_FILENAME"] = root.TrimEnd('/') + name, ["SCRIPT_NAME"] = name, ["PATH_INFO"] = url[name.Length..], ["DOCUMENT_ROOT"] = root, ["REQUEST_URI"] = url };
    }

    private static Dictionary<string, string> VariablesFor(string root, string url) =>
        new() { ["DOCUMENT_ROOT"] = root, ["SCRIPT_FILENAME"] = root, ["SCRIPT_NAME"] = "", ["PATH_INFO"] = url, ["REQUEST_URI"] = url };

    [GeneratedRegex("^(unix/|unix@|ipv4@|ipv6@|tcp/)")]
    private static partial Regex WithoutScheme();
}

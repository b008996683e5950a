using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.HAProxy;

/// <summary>A configuration of HAProxy, and where it sends FastCGI requests.</summary>
internal sealed partial class HAProxyConfiguration : IConfiguration
{
    private readonly string _path;
    private readonly IReadOnlyList<Directive> _sections;

    private HAProxyConfiguration(string path, IReadOnlyList<Directive> sections) => (_path, _sections) = (path, sections);

    internal static string[] Files => ["/etc/haproxy/haproxy.cfg"];

    public IEnumerable<Upstream> Upstreams => FindUpstreams();

    internal static bool Recognises(string path, string text) => Form().IsMatch(text);

    internal static HAProxyConfiguration Load(string path, string text) => new(path, HAProxyReader.Parse(text, path));

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings)
    {
        IEnumerable<Finding> own = settings.MayRun ? ServerCheck.Run(["haproxy"], ["-c", "-q", "-f", _path], _path) : [];
        return own.Concat(HAProxyChecks.Examine(_sections, Reload)).Concat(UpstreamChecks.ExamineAll(Upstreams, set, settings));
    }

    private ShellCommand? Reload => RunningServers.ReloadCommand(_path, "USR2", ShellCommand.Of("systemctl", "reload", "haproxy"), "haproxy");

    /// <summary>Every server that is spoken to in FastCGI.</summary>
    private IEnumerable<Upstream> FindUpstreams()
    {
        string? user = _sections.Where(section => section.Is("global")).SelectMany(section => section.Block)
            .LastOrDefault(line => line.Is("user"))?.Argument;
        foreach (Directive section in _sections)
        {
            string? app = section.Block.FirstOrDefault(line => line.Is("use-fcgi-app"))?.Argument;
            Directive? settings = _sections.FirstOrDefault(other => other.Is("fcgi-app") && other.Argument == app);
            foreach (Directive server
                in section.Block.Where(line => line.Is("server") && line.Text.Contains("proto fcgi", StringComparison.Ordinal)
                    && line.Arguments.Count > 1))
            {
                yield return new Upstream("HAProxy", server.Place, "proto fcgi", Protocols.FastCgi)
                {
                    CanSpeak = [Protocols.FastCgi],
                    Address = SocketAddress.ParseWithFamily(server.Arguments[1].Text),
                    WebUser = user,
                    // Without a line that says no, it does.
                    KeepsConnections = settings is not null
                        && !settings.Block.Any(line => line.Is("no") && line.Text == "option keep-conn"),
                    Variables = url => settings is null ? null : VariablesFor(settings, url),
                    Reload = Reload,
                };
            }
        }
    }

    private static Dictionary<string, string>? VariablesFor(Directive app, string url)
    {
        string? root = app.Block.FirstOrDefault(line => line.Is("docroot"))?.Argument;
        string? expression = app.Block.FirstOrDefault(line => line.Is("path-info"))?.Argument;
        if (root is null)
            return null;
        Match? match = expression is null ? null : PerlExpression.TryCompile(expression, ignoreCase: false)?.Match(url);
        string name = match is { Success: true } ? match.Groups[1].Value : url;
        return new()
        {
            ["SCRIPT_FILENAME"] = root.TrimEnd('/') + name,
            ["SCRIPT_NAME"] = name,
            ["PATH_INFO"] = url[name.Length..],
            ["DOCUMENT_ROOT"] = root,
            ["REQUEST_URI"] = url,
        };
    }

    [GeneratedRegex(@"^(global|defaults|frontend\s+\S+|backend\s+\S+|listen\s+\S+|fcgi-app\s+\S+)\s*(#.*)?$", RegexOptions.Multiline)]
    private static partial Regex Form();
}

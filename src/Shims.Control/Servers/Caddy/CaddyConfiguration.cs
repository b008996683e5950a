using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Caddy;

/// <summary>A Caddyfile, and where it sends FastCGI requests.</summary>
internal sealed partial class CaddyConfiguration : IConfiguration
{
    private readonly string _path;
    private readonly IReadOnlyList<Directive> _directives;

    private CaddyConfiguration(string path, IReadOnlyList<Directive> directives) => (_path, _directives) = (path, directives);

    internal static string[] Files => ["/etc/caddy/Caddyfile"];

    public IEnumerable<Upstream> Upstreams => FindUpstreams();

    internal static bool Recognises(string path, string text) =>
        Path.GetFileName(path).StartsWith("Caddyfile", StringComparison.Ordinal) || Form().IsMatch(text);

    internal static CaddyConfiguration Load(string path, string text) => new(path, CaddyReader.Parse(text, path));

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings)
    {
        IEnumerable<Finding> own = settings.MayRun
            ? ServerCheck.Run(["caddy"], ["validate", "--adapter", "caddyfile", "--config", _path], _path)
            : [];
        return own.Concat(UpstreamChecks.ExamineAll(Upstreams, set, settings));
    }

    /// <summary>Every reverse_proxy with transport fastcgi, and php_fastcgi.</summary>
    private IEnumerable<Upstream> FindUpstreams()
    {
        foreach (Directive proxy in _directives.SelectMany(directive => directive.All))
        {
            Directive? transport = proxy.Block.FirstOrDefault(inner => inner.Is("transport") && inner.Argument == "fastcgi");
            if ((!proxy.Is("reverse_proxy") || transport is null) && !proxy.Is("php_fastcgi"))
                continue;
            Token? address = proxy.Arguments.LastOrDefault();
            string? matcher = proxy.Arguments.Count > 1 && proxy.Argument.StartsWith('/') && proxy.Argument.EndsWith('*')
                ? proxy.Argument[..^1]
                : null;
            string? root = (transport?.Block ?? proxy.Block).FirstOrDefault(inner => inner.Is("root"))?.Arguments.LastOrDefault()?.Text;
            yield return new Upstream("Caddy", proxy.Place, proxy.Name, Protocols.FastCgi)
            {
                CanSpeak = [Protocols.FastCgi],
                Address = address is null ? null : SocketAddress.ParseWithFamily(address.Text),
                AddressPlace = address?.Place ?? proxy.Place,
                UrlPrefix = matcher ?? "/",
                Takes = url => (matcher is null || url.StartsWith(matcher, StringComparison.Ordinal)) && !IsDenied(proxy, url),
                Variables = url => root is null ? null : VariablesFor(root, url),
                Reload = ShellCommand.Of("caddy", "reload", "--config", _path),
            };
        }
    }

    /// <summary>True if the site answers the path itself with a refusal.</summary>
    private bool IsDenied(Directive proxy, string url) =>
        _directives.Where(site => site.Holds(proxy)).SelectMany(site => site.Block)
            .Any(rule => Matches(rule.Argument, url) && (IsRefusal(rule)
                || (rule.Is("handle") && rule.Block.Any(static inner => inner.Arguments.Count == 1 && IsRefusal(inner)))));

    private static bool IsRefusal(Directive rule) => rule.Is("respond") && rule.Arguments.LastOrDefault()?.Text is "403" or "404";

    private static bool Matches(string path, string url) => path.StartsWith('/')
        && (path.EndsWith('*') ? url.StartsWith(path[..^1], StringComparison.Ordinal) : url == path);

    private static Dictionary<string, string> VariablesFor(string root, string url) =>
        new() { ["DOCUMENT_ROOT"] = root, ["SCRIPT_FILENAME"] = root, ["SCRIPT_NAME"] = "", ["PATH_INFO"] = url, ["REQUEST_URI"] = url };

    [GeneratedRegex(@"^\s*(reverse_proxy\s[^;]*$|php_fastcgi\s|transport\s+fastcgi\b)", RegexOptions.Multiline)]
    private static partial Regex Form();
}

using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Checking;

/// <summary>A site of a web server: of several, the port and the host name of a request decide which one responds.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Ports">The ports that it listens at.</param>
/// <param name="Names">Its host names, with <c>*</c> at one end or a dot at the beginning for many.</param>
/// <param name="IsDefault">True if it responds for host names that no other one has.</param>
internal sealed record VirtualServer(SourceLocation Place, IReadOnlyList<int> Ports, IReadOnlyList<string> Names, bool IsDefault)
{
    /// <summary>Those of some upstreams that belong to the site which responds; those of which no site is known are kept.</summary>
    /// <param name="upstreams">In the order in which they are written.</param>
    /// <param name="host">The host name of the URL.</param>
    /// <param name="port">The port of the URL.</param>
    internal static IEnumerable<Upstream> Choose(IEnumerable<Upstream> upstreams, string host, int port)
    {
        Upstream[] open = [.. upstreams.Where(upstream => upstream.Site is null || upstream.Site.Ports.Contains(port))];
        VirtualServer[] sites = [.. open.Select(upstream => upstream.Site).OfType<VirtualServer>()];
        VirtualServer? chosen = Array.Find(sites, site => site.Names.Contains(host, StringComparer.OrdinalIgnoreCase))
            ?? Array.Find(sites, site => site.Names.Any(name => Covers(name, host)))
            ?? Array.Find(sites, site => site.IsDefault)
            ?? sites.FirstOrDefault();
        return open.Where(upstream => upstream.Site is null || upstream.Site.Place == chosen?.Place);
    }

    private static bool Covers(string name, string host) => name switch
    {
        ['*', '.', ..] => host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase),
        ['.', ..] => ("." + host).EndsWith(name, StringComparison.OrdinalIgnoreCase),
        [.., '.', '*'] => host.StartsWith(name[..^1], StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}

using System.Net;

namespace Shims.Control.Serve;

/// <summary>
/// The names by which a browser may call this server. A page of a stranger can give its own name this machine's address (DNS rebinding), and would then be asking as if from here; it
/// cannot give itself an address for a name.
/// </summary>
internal sealed class AllowedHosts(IEnumerable<string> names)
{
    private readonly HashSet<string> _names = new([.. names, Environment.MachineName], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the Host header names this machine.</summary>
    /// <param name="host">With or without a port.</param>
    internal bool Admits(string host)
    {
        string name = NameOf(host);
        return IPAddress.TryParse(name, out _) || name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || _names.Contains(name);
    }

    /// <summary>The Host header without its port.</summary>
    internal static string NameOf(string host)
    {
        int colon = host.LastIndexOf(':');
        string name = colon > host.LastIndexOf(']') ? host[..colon] : host;
        return name is ['[', .. var bare, ']'] ? bare : name;
    }
}

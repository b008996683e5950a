using System.Net;

namespace Shims.Control.Serve;

/// <summary>The host names of this server that a browser may use.</summary>
/// <remarks>A web site can let its own name resolve to this machine (DNS rebinding), to send requests with its name. It cannot use an IP
/// address as its name.</remarks>
internal sealed class AllowedHosts(IEnumerable<string> names)
{
    private readonly HashSet<string> _names = new([.. names, Environment.MachineName], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the Host header names this machine.</summary>
    /// <param name="host">The Host header, with or without a port.</param>
    internal bool Contains(string host)
    {
        string name = NameOf(host);
        bool isLocalhost = name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        return isLocalhost || IPAddress.TryParse(name, out _) || _names.Contains(name);
    }

    /// <summary>The Host header without its port.</summary>
    internal static string NameOf(string host)
    {
        int colon = host.LastIndexOf(':');
        string name = colon > host.LastIndexOf(']') ? host[..colon] : host;
        return name is ['[', .. var bare, ']'] ? bare : name;
    }
}

using Microsoft.AspNetCore.Hosting.Server.Features;
using Shims.Diagnostics;

namespace Shims.AspNetCore.Http;

/// <summary>Addresses at which the app is told to listen, and at which nothing does: it serves what it has been handed.</summary>
internal static class IgnoredAddresses
{
    /// <summary>Takes those that the host has read: <c>urls</c>, <c>http_ports</c> and their kin, and those of <c>app.Urls</c>. The host would log that it listens there.</summary>
    internal static string[] Take(IServerAddressesFeature server)
    {
        string[] taken = [.. server.Addresses];
        server.Addresses.Clear();
        return taken;
    }

    /// <summary>Says so in one line, if there are any.</summary>
    internal static void Report(params IEnumerable<string> addresses)
    {
        string named = string.Join(", ", addresses.Distinct());
        if (named.Length > 0)
            Log.WriteLine($"nothing listens at {named}, as the app serves what it has been handed: take out the addresses (urls, http_ports, Kestrel's endpoints, Listen() in code), or leave them for a start by hand");
    }
}

using System.Globalization;

namespace Shims.Control.Servers.Checking;

/// <summary>An address at which one side listens and to which the other connects: a path, or a host and a port.</summary>
/// <param name="Path">The path of a unix socket; null for TCP.</param>
/// <param name="Host">For TCP: a name or address, without brackets; null for every address of the machine.</param>
/// <param name="Port">For TCP.</param>
internal sealed record SocketAddress(string? Path, string? Host, int Port)
{
    private static readonly string[] s_families = ["unix/", "unix@", "ipv4@", "ipv6@", "tcp/"];

    internal static SocketAddress Unix(string path) => new(path, null, 0);

    internal static SocketAddress Tcp(string? host, int port) =>
        new(null, host?.Trim('[', ']') is { Length: > 0 } name and not ("*" or "0.0.0.0" or "::") ? name : null, port);

    internal bool IsLoopback =>
        Path is not null || Host is "localhost" or "::1" || Host?.StartsWith("127.", StringComparison.Ordinal) == true;

    /// <summary>Reads <c>unix:PATH</c>, <c>tcp:HOST:PORT</c>, an absolute path, <c>HOST:PORT</c> or a port.</summary>
    /// <returns>Null if it is none of them.</returns>
    internal static SocketAddress? Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            return text.Length > 5 ? Unix(text[5..]) : null;
        if (text.StartsWith('/'))
            return Unix(text);
        if (text.StartsWith("tcp:", StringComparison.Ordinal))
            text = text[4..];
        int colon = text.LastIndexOf(':');
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
            return null;
        return Tcp(colon < 0 ? null : text[..colon], port);
    }

    /// <summary>
    /// Reads an address as Caddy and HAProxy write it, with the family in front: <c>unix//run/x</c>, <c>unix@/run/x</c>,
    /// <c>ipv4@HOST:PORT</c>.
    /// </summary>
    internal static SocketAddress? ParseWithFamily(string text) =>
        Parse(text[(Array.Find(s_families, family => text.StartsWith(family, StringComparison.Ordinal))?.Length ?? 0)..]);

    /// <summary>True if a client of the other address reaches this one.</summary>
    internal bool Serves(SocketAddress other)
    {
        if (Path is not null)
            return other.Path is not null && Canonical(Path) == Canonical(other.Path);
        return other.Path is null && Port == other.Port
            && (Host is null || other.Host is null || Host == other.Host || (IsLoopback && other.IsLoopback));
    }

    public override string ToString() =>
        Path ?? $"{(Host?.Contains(':') == true ? $"[{Host}]" : Host ?? "*")}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>/var/run is a link to /run nearly everywhere, and people write either.</summary>
    private static string Canonical(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        const string link = "/var/run/";
        return path.StartsWith(link, StringComparison.Ordinal) && new DirectoryInfo("/var/run").LinkTarget is not null
            ? $"/run/{path[link.Length..]}"
            : path;
    }
}

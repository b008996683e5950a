using System.Globalization;

namespace Shims.Control.Servers.Writing;

/// <summary>The address at which web server and super-server meet: a unix socket, or a port of the loopback interface; of several hosts, a port of one.</summary>
/// <param name="Path">The socket's path; null for a port.</param>
/// <param name="Port">The port; 0 for a socket.</param>
internal sealed record ListenAddress(string? Path, int Port)
{
    /// <summary>A request names the script to run, so no other machine may send one: only hosts that say who may connect have another address.</summary>
    internal const string Loopback = "127.0.0.1";

    /// <summary>The IP address of a port.</summary>
    internal string Host { get; private init; } = Loopback;

    /// <summary>True for a unix socket, and for a port of the usual loopback address.</summary>
    internal bool IsThisMachine => Path is not null || Host == Loopback;

    /// <summary>A line of comment about who reaches the host; empty where there is nothing to say.</summary>
    internal string Remark => IsThisMachine ? "" : HostAddress.RemarkOn(Host);

    internal static ListenAddress Unix(string path) => new(path, 0);

    internal static ListenAddress Tcp(int port) => new(null, port);

    /// <summary>The same port of a host.</summary>
    internal ListenAddress At(string host) => this with { Host = host };

    /// <summary>The address of one process of several: a socket with its number, or a port of those from this one on.</summary>
    /// <param name="number">From 1.</param>
    internal ListenAddress Numbered(int number) => Path is null ? Tcp(Port + number - 1)
        : Unix($"{Path[..^System.IO.Path.GetExtension(Path).Length]}-{number}{System.IO.Path.GetExtension(Path)}");

    /// <summary>The path, or ADDRESS:PORT.</summary>
    public override string ToString() => Path ?? string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}

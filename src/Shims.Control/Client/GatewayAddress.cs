using Shims.Control.Processes;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>The address of a gateway: a unix socket, a TCP port, or a command that is started for each connection.</summary>
/// <param name="Kind">Which of the three it is.</param>
internal sealed record GatewayAddress(AddressKind Kind)
{
    /// <summary>What stands between a scheme and an address.</summary>
    private const string Slashes = "://";

    private const string Forms = "write unix:PATH, tcp:HOST:PORT or exec:'COMMAND ARGUMENT...', or as Apache does uwsgi://HOST:PORT";

    /// <summary>Parts of the names of sockets and programs that tell which protocol they speak.</summary>
    private static readonly (string Part, Protocol Protocol)[] s_names =
    [
        ("fcgi", Protocols.FastCgi), ("fastcgi", Protocols.FastCgi), ("php", Protocols.FastCgi), ("uwsgi", Protocols.Uwsgi), ("ajp", Protocols.Ajp13),
    ];

    /// <summary>The socket's path, for a unix socket.</summary>
    internal string Path { get; private init; } = "";

    /// <summary>Host name or IP address, for TCP.</summary>
    internal string Host { get; private init; } = "";

    internal int Port { get; private init; }

    /// <summary>Program and arguments, for a command.</summary>
    internal IReadOnlyList<string> Command { get; private init; } = [];

    /// <summary>The protocol that the address names, as Apache writes it; null if it names none.</summary>
    internal Protocol? Protocol { get; private init; }

    /// <summary>The command's environment, NAME=VALUE; null for this process's own.</summary>
    internal IReadOnlyList<string>? Environment { get; init; }

    /// <summary>The command's working directory; null for this process's own.</summary>
    internal string? Directory { get; init; }

    internal static GatewayAddress Unix(string path) => new(AddressKind.Unix) { Path = path };

    internal static GatewayAddress Tcp(string host, int port) => new(AddressKind.Tcp) { Host = host, Port = port };

    /// <summary>A command that is started with the connection as descriptors 0 and 1, as inetd does for <c>nowait</c>.</summary>
    /// <param name="command">The program, searched beside this one and then on the PATH unless it has a slash; then its arguments.</param>
    internal static GatewayAddress Exec(params IReadOnlyList<string> command) => new(AddressKind.Exec) { Command = command };

    /// <summary>Parses an address, for instance <c>unix:/run/shims/scgi.sock</c>; or as Apache writes it, <c>ajp://127.0.0.1:8009</c> or
    /// <c>unix:/run/shims/ajp.sock|ajp://name</c>.</summary>
    /// <param name="fault">The error and its fix; null if there is none.</param>
    internal static GatewayAddress? Parse(string text, out string? fault)
    {
        fault = null;
        GatewayAddress? address = null;
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            address = ParseUnix(text["unix:".Length..], ref fault);
        else if (text.StartsWith("tcp:", StringComparison.Ordinal))
            address = ParseTcp(text["tcp:".Length..], ref fault);
        else if (text.StartsWith("exec:", StringComparison.Ordinal))
            address = ShellWords.Split(text["exec:".Length..], out fault) is { } words ? Exec(words) : null;
        else if (ProtocolOf(text) is { } protocol)
            address = ParseTcp(text[(protocol.Scheme.Length + Slashes.Length)..].TrimEnd('/'), ref fault) is { } tcp ? tcp with { Protocol = protocol } : null;
        else
            fault = $"\"{text}\" is not a gateway address: {Forms}";
        return address;
    }

    /// <summary>The protocol that the address names, or that the name of the command or socket suggests; null if neither does. A TCP port
    /// has no name.</summary>
    internal Protocol? LikelyProtocol
    {
        get
        {
            string name = System.IO.Path.GetFileName(Kind == AddressKind.Exec ? Command[0] : Path);
            return Protocol ?? Array.Find(s_names, known => name.Contains(known.Part, StringComparison.OrdinalIgnoreCase)).Protocol;
        }
    }

    /// <summary>True if it is a command that responds by itself, such as a handler in C#, and not a gateway that runs scripts.</summary>
    internal bool IsHandler =>
        Kind == AddressKind.Exec
        && !Command.Any(word => System.IO.Path.GetFileName(word) is "fcgiwrap" or "php-cgi"
            || Array.Exists(Protocols.Known, protocol => protocol.Program == System.IO.Path.GetFileName(word)));

    public override string ToString() => Kind switch
    {
        AddressKind.Unix => $"unix:{Path}",
        AddressKind.Tcp => $"tcp:{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}",
        _ => $"exec:{ShellWords.Join(Command)}",
    };

    private static Protocol? ProtocolOf(string text) =>
        Array.Find(Protocols.Known, protocol => text.StartsWith(protocol.Scheme + Slashes, StringComparison.OrdinalIgnoreCase));

    private static GatewayAddress? ParseUnix(string path, ref string? fault)
    {
        if (path.IndexOf('|', StringComparison.Ordinal) is > 0 and int bar && ProtocolOf(path[(bar + 1)..]) is { } protocol)
            return Unix(path[..bar]) with { Protocol = protocol };
        if (path.Length > 0)
            return Unix(path);
        fault = "unix: needs the path of the socket: write for example unix:/run/shims/scgi.sock";
        return null;
    }

    private static GatewayAddress? ParseTcp(string text, ref string? fault)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        bool isInBrackets = host is ['[', .., ']'];
        if (isInBrackets)
            host = host[1..^1];
        // An IPv6 address needs brackets: without them its last part looks like the port.
        bool isHost = isInBrackets ? System.Net.IPAddress.TryParse(host, out _) : host.Length > 0 && !host.AsSpan().ContainsAny(" \t/[]:@");
        if (isHost && ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out ushort port) && port > 0)
            return Tcp(host, port);
        fault = $"\"tcp:{text}\" is not a host and port: write tcp:HOST:PORT, for example tcp:127.0.0.1:4000 or tcp:[::1]:4000";
        return null;
    }
}

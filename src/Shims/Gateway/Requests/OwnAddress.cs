using System.Globalization;
using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary><c>--listen</c>: the address at which a program opens a socket itself, where no super-server hands one over.</summary>
internal sealed class OwnAddress
{
    internal const string Option = "--listen";

    private const string PathPrefix = "unix:", Example = $"write for example {Option} unix:/run/shims/cgi.sock, or {Option} 127.0.0.1:9000";

    private readonly string _text;

    private OwnAddress(string text, byte[] name) => (_text, Name) = (text, name);

    /// <summary>The path of a unix socket, NUL-terminated; null for TCP.</summary>
    internal byte[]? Path { get; private init; }

    /// <summary>The name of the socket: a struct sockaddr.</summary>
    internal byte[] Name { get; }

    internal int Family => SocketName.FamilyOf(Name);

    /// <summary>True if only this machine can connect.</summary>
    internal bool IsLocal => Path is not null || SocketName.IsLoopback(Name);

    /// <summary>Reads ADDRESS:PORT, [ADDRESS]:PORT or unix:PATH.</summary>
    /// <exception cref="ShimException">It is none of them.</exception>
    internal static OwnAddress Parse(string text)
    {
        if (text.StartsWith(PathPrefix, StringComparison.Ordinal))
            return OfPath(text, text[PathPrefix.Length..]);
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is 0 or > 65535)
            throw Wrong($"{Option} takes ADDRESS:PORT or unix:PATH, not \"{Shown(text)}\"", Example);
        string host = text[..colon];
        if (SocketName.OfHost(host, port) is { } name)
            return new OwnAddress(text, name);
        throw host.Contains(':', StringComparison.Ordinal)
            ? Wrong($"{Option} takes an IPv6 address in brackets, not \"{Shown(text)}\"", $"write for example {Option} [::1]:9000")
            : Wrong($"{Option} takes a numeric address, not the name \"{Shown(host)}\"", "write 127.0.0.1 for this machine alone, or 0.0.0.0 or [::] for each address of this machine");
    }

    public override string ToString() => Shown(_text);

    private static OwnAddress OfPath(string text, string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        if (path is not ['/', .., not '/'])
            throw Wrong($"{Option} takes the full path of a unix socket, not \"{Shown(path)}\"", Example);
        byte[] name = SocketName.OfPath(bytes) ?? throw Wrong($"the path of {Option} has {bytes.Length} bytes, and that of a unix socket has 107 at the most", "choose a shorter one");
        return new OwnAddress(text, name) { Path = [.. bytes, 0] };
    }

    private static string Shown(string text) => PrintableText.Of(text.Length <= 150 ? text : text[..150] + "...");

    private static ShimException Wrong(string fault, string cure) => new(ExitCode.Usage, fault, cure);
}

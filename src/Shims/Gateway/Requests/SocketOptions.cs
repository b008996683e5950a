using Shims.Diagnostics;

namespace Shims.Gateway.Requests;

/// <summary>Whether a program opens its socket itself, and whom it serves: <c>--listen</c>, <c>--socket-mode</c>, <c>--allow-root</c>, <c>--allow-from</c>.</summary>
internal sealed record SocketOptions
{
    internal const string ModeOption = "--socket-mode", RootOption = "--allow-root";

    /// <summary>Its owner alone may connect: a request names the script to run.</summary>
    private const uint DefaultMode = 0x180; // 0600

    /// <summary>The address at which the program listens; null if it serves what it has been handed.</summary>
    internal OwnAddress? Own { get; private init; }

    /// <summary>The mode of the file of a unix socket.</summary>
    internal uint Mode { get; private init; } = DefaultMode;

    /// <summary>True if it may be opened by root.</summary>
    internal bool AllowsRoot { get; private init; }

    /// <summary>The peers that are served over TCP; null for all.</summary>
    internal AllowedPeers? Peers { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <param name="listen">The address; null without one.</param>
    /// <param name="mode">As <see cref="ReadMode"/> has it; null for the default.</param>
    /// <param name="allowsRoot">True if root may listen.</param>
    /// <param name="allowFrom">Addresses and networks; null for all.</param>
    /// <exception cref="ShimException">One of them is wrong, or is of no use without another.</exception>
    internal static SocketOptions Read(string? listen, uint? mode, bool allowsRoot, string? allowFrom)
    {
        OwnAddress? own = listen is null ? null : OwnAddress.Parse(listen);
        AllowedPeers? peers = allowFrom is null ? null : AllowedPeers.Parse(allowFrom);
        if (mode is not null && own is not { Path: not null })
            throw Wrong($"{ModeOption} is the mode of the file of a unix socket, and there is no {OwnAddress.Option} unix:PATH", "leave it out: the super-server sets the mode of its own sockets");
        if (allowsRoot && own is null)
            throw Wrong($"{RootOption} is of no use without {OwnAddress.Option}", "leave it out");
        if (own is { IsLocal: false } && peers is null)
            throw Wrong($"{OwnAddress.Option} {own} can be reached from other machines, and every client that connects names the script to run", $"name the web server's address or network with {AllowedPeers.Option}, such as {AllowedPeers.Option} 10.0.0.0/8");
        return new SocketOptions { Own = own, Mode = mode ?? DefaultMode, AllowsRoot = allowsRoot, Peers = peers };
    }

    /// <summary>Reads the mode of a file.</summary>
    /// <param name="text">Octal digits.</param>
    /// <exception cref="ShimException">It is not one.</exception>
    internal static uint ReadMode(string text)
    {
        uint mode = 0;
        foreach (char digit in text.Length is 3 or 4 ? text : "-")
        {
            if (digit is < '0' or > '7')
                throw Wrong($"{ModeOption} takes an octal number, not \"{PrintableText.Of(text.Length <= 20 ? text : text[..20])}\"", $"write for example {ModeOption} 0660");
            mode = (mode << 3) | (uint)(digit - '0');
        }
        return mode <= 0x1FF ? mode : throw Wrong($"{ModeOption} takes no more than 0777", $"write for example {ModeOption} 0660");
    }

    private static ShimException Wrong(string fault, string cure) => new(ExitCode.Usage, fault, cure);
}

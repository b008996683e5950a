using System.CommandLine;
using Shims.Gateway.Requests;

namespace Shims.Programs;

/// <summary>The options by which a gateway opens its socket itself, and by which it says whom it serves.</summary>
internal sealed class ListenOptions
{
    private readonly Option<string?> _listen = new(OwnAddress.Option)
    {
        Description = "Open a socket at unix:PATH or ADDRESS:PORT, for containers, where no super-server hands one over. Standard input does not matter then.",
        HelpName = "ADDRESS",
    };
    private readonly Option<string?> _socketMode = new(SocketOptions.ModeOption) { Description = "With --listen unix:PATH: the mode of the socket's file. Default: 0600.", HelpName = "MODE" };
    private readonly Option<bool> _allowRoot = new(SocketOptions.RootOption) { Description = "With --listen: listen as root too. Scripts run as root then." };
    private readonly Option<string?> _allowFrom = new(AllowedPeers.Option)
    {
        Description = "Serve connections over TCP from these addresses and networks alone. Example: 192.0.2.7,10.0.0.0/8. With --listen on any address but loopback it is needed.",
        HelpName = "CIDR,...",
    };

    /// <summary>All of them, in the order of <c>--help</c>.</summary>
    internal IReadOnlyList<Option> All => [_listen, _socketMode, _allowRoot, _allowFrom];

    /// <summary>The options of the command line.</summary>
    /// <exception cref="Diagnostics.ShimException">One of them is wrong.</exception>
    internal SocketOptions Read(ParseResult result) => SocketOptions.Read(
        result.GetValue(_listen),
        result.GetValue(_socketMode) is { } mode ? SocketOptions.ReadMode(mode) : null,
        result.GetValue(_allowRoot),
        result.GetValue(_allowFrom));
}

using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Who can reach a socket that speaks AJP13, and so can say who the visitor is: without a secret only those whom the file system lets do it.</summary>
/// <remarks><code>
///   unix, a path             the permissions of the path
///   unix, without a name     the process that made the pair: a super-server
///   unix, abstract           every process of the machine
///   127.0.0.0/8, ::1         the same, and with --insecure-no-secret that is known
///   any other TCP, vsock     others than this machine
/// </code>unix(7), ip(7), vsock(7).</remarks>
internal static class OpenDoor
{
    /// <summary>Refuses to serve sockets that need a secret where there is none.</summary>
    /// <param name="sockets">Connections or listening sockets; pipes and files have no other end that connects.</param>
    /// <param name="options">The command line.</param>
    /// <exception cref="ShimException">One of them does.</exception>
    internal static void Refuse(int[] sockets, GatewayOptions options)
    {
        if (options.Secret is not null)
            return;
        Span<byte> address = stackalloc byte[128];
        foreach (int socket in sockets)
        {
            if (Libc.TryGetName(socket, address, out int length) && FaultOf(address[..length], options.NeedsNoSecret) is { } fault)
                throw new ShimException(ExitCode.Usage, fault, "write a secret into a file of mode 600, and name it with --secret-file (Apache: secret= in ProxyPass); or listen on a unix socket with a path");
        }
    }

    /// <summary>What is wrong with a socket that asks for no secret.</summary>
    /// <param name="address">Its name: a struct sockaddr.</param>
    /// <param name="needsNone">True if the administrator has said that loopback needs none.</param>
    /// <returns>Null if nothing is.</returns>
    internal static string? FaultOf(ReadOnlySpan<byte> address, bool needsNone)
    {
        if (SocketName.FamilyOf(address) == Flags.AF_UNIX)
            return SocketName.IsAbstract(address) ? "the socket is an abstract one, which every process of this machine can connect to, and there is no secret" : null;
        if (!SocketName.IsLoopback(address))
            return "the socket can be reached over the network, and there is no secret: any client could say which user has logged in";
        return needsNone ? null : "every user of this machine can connect to a TCP socket, and there is no secret (--insecure-no-secret does without one on loopback)";
    }
}

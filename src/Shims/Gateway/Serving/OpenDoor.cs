using System.Buffers.Binary;
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
    private const int FamilySize = sizeof(ushort);

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
        int family = address.Length < FamilySize ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(address);
        if (family == Flags.AF_UNIX)
            return address.Length > FamilySize && address[FamilySize] == 0 ? "the socket is an abstract one, which every process of this machine can connect to, and there is no secret" : null;
        if (!IsLoopback(family, address))
            return "the socket can be reached over the network, and there is no secret: any client could say which user has logged in";
        return needsNone ? null : "every user of this machine can connect to a TCP socket, and there is no secret (--insecure-no-secret does without one on loopback)";
    }

    private static bool IsLoopback(int family, ReadOnlySpan<byte> address)
    {
        // struct sockaddr_in: family, port, address. struct sockaddr_in6: family, port, flow label, address.
        if (family == Flags.AF_INET)
            return address.Length >= 8 && address[4] == 127;
        if (family != Flags.AF_INET6 || address.Length < 24)
            return false;
        ReadOnlySpan<byte> six = address.Slice(8, 16);
        return six.SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
            || (six[..12].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) && six[12] == 127);
    }
}

using System.Net.Sockets;
using System.Text;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>Why there is no connection, and what to do.</summary>
internal static class ConnectFaults
{
    /// <summary>Bytes of path that an address of a unix socket has room for. unix(7).</summary>
    private const int MaxPath = 107;

    /// <summary>Looks for what .NET would refuse with an exception that names no cure.</summary>
    internal static void CheckPath(GatewayAddress address)
    {
        if (address.Kind == AddressKind.Unix && Encoding.UTF8.GetByteCount(address.Path) > MaxPath)
            throw Fault(address, $"the path is longer than {MaxPath} bytes, which no socket's can be", "let the socket have a shorter path");
    }

    internal static ShimException Explain(GatewayAddress address, SocketException exception) => address.Kind == AddressKind.Unix
        ? ExplainUnix(address, exception.SocketErrorCode)
        : ExplainTcp(address, exception);

    private static ShimException ExplainUnix(GatewayAddress address, SocketError error)
    {
        string path = ShellWords.Quote(address.Path);
        return error switch
        {
            SocketError.AccessDenied => Fault(address, "permission denied (EACCES)", $"connecting needs write permission on the socket and search permission on every directory above it: namei -l {path}"),
            SocketError.ConnectionRefused when Directory.Exists(address.Path) => Fault(address, "this is a directory", $"name the socket in it: ls -l {path}"),
            SocketError.ConnectionRefused when Exists(address.Path, out bool isSocket) && !isSocket =>
                Fault(address, "this is no socket (ECONNREFUSED)", "give the path on which inetd, systemd or the program listens"),
            SocketError.ConnectionRefused => Fault(address, "nobody listens there any more (ECONNREFUSED)", "start the super-server or the program again: the file was left behind by one that has ended"),
            SocketError.WouldBlock => Fault(address, "the queue of waiting connections is full (EAGAIN)", "see whether the super-server accepts connections, or let it have a longer queue"),
            _ when !Exists(address.Path, out _) => Fault(address, "there is no such file (ENOENT)", $"start what listens there, or see which sockets there are: ss -xl | grep {path}"),
            _ => Fault(address, error.ToString(), "see which sockets there are: ss -xl"),
        };
    }

    private static ShimException ExplainTcp(GatewayAddress address, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => Fault(address, "nobody listens there (ECONNREFUSED)", "start what listens there, or see which ports are listened on: ss -tln"),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => Fault(address, $"the name {address.Host} has no address", "write the name right, or the address as a number"),
        SocketError.TimedOut => Fault(address, "no answer (ETIMEDOUT)", "see whether the machine is up and no firewall drops the packets"),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => Fault(address, "there is no way to that machine", "see whether it is up and the address is right"),
        _ => Fault(address, exception.Message, "see which ports are listened on: ss -tln"),
    };

    private static ShimException Fault(GatewayAddress address, string cause, string cure) => new(ExitCode.SystemError, $"cannot connect to {address}: {cause}", cure);

    private static bool Exists(string path, out bool isSocket)
    {
        bool exists = Libc.TryGetStatus(Encoding.UTF8.GetBytes(path + "\0"), follow: true, out FileStatus status);
        isSocket = exists && status.IsSocket;
        return exists;
    }
}

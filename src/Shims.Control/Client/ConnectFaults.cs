using System.Net.Sockets;
using System.Text;
using Shims.Control.Processes;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>Causes and fixes of a failed connection.</summary>
internal static class ConnectFaults
{
    /// <summary>The longest path of a unix socket in bytes. unix(7).</summary>
    private const int MaxPath = 107;

    /// <summary>Refuses a path that is too long, which .NET would refuse with an exception that names no fix.</summary>
    internal static void CheckPath(GatewayAddress address)
    {
        if (address.Kind == AddressKind.Unix && Encoding.UTF8.GetByteCount(address.Path) > MaxPath)
        {
            throw Fault(address, $"the path is longer than {MaxPath} bytes, the limit for unix sockets (ENAMETOOLONG)",
                "give the socket a shorter path");
        }
    }

    internal static ShimException Explain(GatewayAddress address, SocketException exception) => address.Kind == AddressKind.Unix
        ? ExplainUnix(address, exception.SocketErrorCode)
        : ExplainTcp(address, exception);

    private static ShimException ExplainUnix(GatewayAddress address, SocketError error)
    {
        string path = ShellWords.Quote(address.Path);
        return error switch
        {
            SocketError.AccessDenied => Denied(address),
            SocketError.ConnectionRefused when Directory.Exists(address.Path) =>
                Fault(address, "this is a directory (ECONNREFUSED)", $"name the socket in it: ls -l {path}"),
            SocketError.ConnectionRefused when Exists(address.Path, out bool isSocket) && !isSocket =>
                Fault(address, "this is not a socket (ECONNREFUSED)", "give the path on which inetd, systemd or the program listens"),
            SocketError.ConnectionRefused =>
                Fault(address, "connection refused (ECONNREFUSED): no process listens on this socket any more",
                    "start the super-server or the program again"),
            SocketError.WouldBlock =>
                Fault(address, "the listen queue is full (EAGAIN)",
                    "check that the super-server accepts connections, or give it a longer queue (backlog)"),
            _ when !Exists(address.Path, out _) =>
                Fault(address, "no such file or directory (ENOENT)",
                    $"start the super-server or the program; ss -xl | grep {path} shows the sockets that exist"),
            _ => Fault(address, error.ToString(), "ss -xl shows the sockets that exist"),
        };
    }

    /// <summary>Names the path and the permission that is missing there.</summary>
    private static ShimException Denied(GatewayAddress address)
    {
        Obstacle? obstacle = UserAccount.Current.FindObstacle(Access.Write, Path.GetFullPath(address.Path));
        return obstacle is { Kind: ObstacleKind.Forbidden }
            ? Fault(address, $"permission denied (EACCES): {obstacle.Description}",
                "run shimctl as a user who has it, such as the web server's (sudo -u www-data shimctl ...), or as root")
            : Fault(address, "permission denied (EACCES)",
                "run shimctl as root, and check the security module (SELinux, AppArmor): its log says what it refused");
    }

    private static ShimException ExplainTcp(GatewayAddress address, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused =>
            Fault(address, "connection refused (ECONNREFUSED): no process listens on this port",
                "start the super-server or the program; ss -tln shows the ports that are listened on"),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            Fault(address, $"cannot resolve the host name {address.Host}", "correct the name, or give the IP address"),
        SocketError.TimedOut => Fault(address, "connection timed out (ETIMEDOUT)",
            "check that the machine is up and that no firewall drops the packets"),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
            Fault(address, "no route to host (EHOSTUNREACH)", "check that the machine is up and that the address is right"),
        _ => Fault(address, exception.Message, "ss -tln shows the ports that are listened on"),
    };

    private static ShimException Fault(GatewayAddress address, string cause, string cure) =>
        new(ExitCode.SystemError, $"cannot connect to {address}: {cause}", cure);

    private static bool Exists(string path, out bool isSocket)
    {
        bool exists = Libc.TryGetStatus(Encoding.UTF8.GetBytes(path + "\0"), follow: true, out FileStatus status);
        isSocket = exists && status.IsSocket;
        return exists;
    }
}

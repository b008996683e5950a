using System.Net.Sockets;
using Mono.Unix.Native;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Processes;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>Checks that there is a socket, that a server listens at it, and that the web server's user may connect.</summary>
internal static class SocketChecks
{
    /// <summary>Looks at an address.</summary>
    /// <param name="address">Where to connect.</param>
    /// <param name="webUser">Who will connect; null if it is not known.</param>
    /// <param name="service">Who is to listen; null if no configuration says so.</param>
    /// <param name="settings">For whom, and how far.</param>
    internal static IEnumerable<Finding> Examine(SocketAddress address, UserAccount? webUser, Service? service, DoctorSettings settings)
    {
        if (address.Path is { } path)
        {
            if (Syscall.stat(path, out Stat status) != 0)
                return [Missing(path, webUser, service, settings)];
            if ((status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFSOCK)
                return [new Finding(Severity.Error, path, "not a socket; as long as it is there, no server can make a socket of that name")
                {
                    Fix = new SocketFix(path, null),
                    Advice = Restart(service),
                }];
            Obstacle? obstacle = webUser?.FindObstacle(Access.Write, path);
            Finding[] closed = obstacle is null ? [] : [Closed(path, obstacle, webUser!, service)];
            return settings.MayRun ? [.. closed, .. Connect(address, service)] : closed;
        }
        return settings.MayRun ? Connect(address, service) : [];
    }

    private static Finding Missing(string path, UserAccount? webUser, Service? service, DoctorSettings settings)
    {
        Severity severity = settings.MayRun ? Severity.Error : Severity.Warning;
        string folder = Path.GetDirectoryName(path) ?? "/";
        if (!Directory.Exists(folder) && service?.MakesFolders != true)
        {
            return new Finding(severity, path,
                $"connect() would fail with 2 (No such file or directory): there is no folder {folder}, so the socket cannot be made in it")
            {
                Fix = new NewFile(folder, webUser) { IsFolder = true },
                Advice = Restart(service),
            };
        }
        string cause = service is null
            ? "connect() would fail with 2 (No such file or directory): there is no such socket, and no super-server's configuration that "
                + "was found makes it"
            : $"connect() would fail with 2 (No such file or directory): there is no such socket yet; {service.SuperServer} is to make it "
                + $"({service.Place})";
        if (service is not null && IsHeld(path))
            return Lost(severity, path, "connect() would fail with 2 (No such file or directory): the socket has been removed",
                service);
        return new Finding(severity, path, cause)
        {
            Fix = service?.Reload,
            Advice = service is null
                ? "correct the address; or let a super-server listen there, for which shimctl config writes the lines; or if one does, "
                    + "name its configuration too"
                : $"start {service.SuperServer}, or let it read its configuration",
        };
    }

    private static Finding Closed(string path, Obstacle obstacle, UserAccount user, Service? service)
    {
        if (obstacle.Path != path)
            return new Finding(Severity.Error, obstacle.Path,
                $"user {user.Name} may not enter this folder, so for every socket below it connect() fails with 13 (Permission denied)")
            {
                Advice = $"let that user and no other enter it: chown {ShellWords.Quote(user.Name)} on it if it holds nothing but "
                + "sockets, else an entry in its access control list"
            };
        string lasting = service?.GiveSocketTo?.Invoke(user.Name) is { } line
            ? $"so that it lasts: {line}; then: {service.Reload}"
            : "and let the super-server that makes the socket give it to that user";
        return new Finding(Severity.Error, path,
            $"connect() would fail with 13 (Permission denied): user {user.Name} may not write to the socket, and must, to connect")
        { Fix = new SocketFix(path, user), Advice = lasting };
    }

    private static Finding Lost(Severity severity, string subject, string cause, Service service) =>
        new(severity, subject, $"{cause} that {service.SuperServer} made and still listens at ({service.Place}), unseen")
        {
            Fix = service.Restart,
            Advice = $"only a new start of {service.SuperServer} makes the socket anew; to read its configuration again "
        + "is not enough"
        };

    /// <summary>
    /// True if a server listens at a socket that was made under this path, even if the path is gone. proc_net(5).
    /// </summary>
    private static bool IsHeld(string path) => File.Exists("/proc/net/unix")
        && File.ReadLines("/proc/net/unix")
            .Any(line => line.EndsWith($" {path}", StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, "00010000", ..]);

    private static IEnumerable<Finding> Connect(SocketAddress address, Service? service)
    {
        SocketError? refused = TryConnect(address);
        if (refused is null)
            return [new Finding(Severity.Good, address.ToString(), "a server listens there")];
        string subject = address.ToString();
        if (refused == SocketError.ConnectionRefused && service is not null && address.Path is { } path && IsHeld(path))
            return [
                Lost(Severity.Error, subject,
                    "connect() fails with 111 (Connection refused): another socket, at which no server listens, is in the place of the one",
                    service)];
        return refused switch
        {
            SocketError.ConnectionRefused => [new Finding(Severity.Error, subject, address.Path is null
                ? "connect() fails with 111 (Connection refused): no server listens at this port"
                : "connect() fails with 111 (Connection refused): the socket was left behind by a server that has ended; no server listens")
                {
                    Fix = service?.Reload,
                    Advice = Restart(service),
                }],
            SocketError.AccessDenied =>
                [new Finding(Severity.Warning, subject, $"connect() fails with 13 (Permission denied) for {UserAccount.Current.Name}, who "
                    + "runs this")
            { Advice = "run shimctl doctor as root, or as the web server's user" }],
            _ => [new Finding(Severity.Error, subject, $"connect() fails: {new SocketException((int)refused).Message}")
            { Advice = Restart(service) }],
        };
    }

    /// <returns>Null if a connection came about; else the reason of the first address that it was tried at.</returns>
    private static SocketError? TryConnect(SocketAddress address)
    {
        SocketError? first = null;
        foreach (string host
            in address.Path is not null ? [""] : address.Host is null or "localhost" ? ["127.0.0.1", "::1"] : new[] { address.Host })
        {
            try
            {
                using Socket socket = address.Path is null
                    ? new Socket(SocketType.Stream, ProtocolType.Tcp)
                    : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                if (address.Path is not null)
                    socket.Connect(new UnixDomainSocketEndPoint(address.Path));
                else
                    socket.Connect(host, address.Port);
                return null;
            }
            catch (SocketException refused)
            {
                first ??= refused.SocketErrorCode;
            }
            catch (Exception impossible) when (impossible is ArgumentException or NotSupportedException)
            {
                first ??= SocketError.AddressNotAvailable; // A path longer than a socket's may be; a machine without IPv6.
            }
        }
        return first;
    }

    private static string Restart(Service? service) =>
        service is null
            ? "start the super-server that listens there"
            : $"start {service.SuperServer}, or let it read {service.Place.File} again: {service.Reload}";
}

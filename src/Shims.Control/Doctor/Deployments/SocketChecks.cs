using System.Net.Sockets;
using Mono.Unix.Native;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Whether there is a socket, whether somebody listens there, and whether the web server's user may connect.</summary>
internal static class SocketChecks
{
    /// <summary>Looks at an address.</summary>
    /// <param name="address">Where to connect.</param>
    /// <param name="webUser">Who will connect; null if it is not known.</param>
    /// <param name="service">Who is to listen; null if no configuration says so.</param>
    /// <param name="settings">For whom, and how far.</param>
    internal static IEnumerable<Finding> Examine(SocketAddress address, Identity? webUser, Service? service, DoctorSettings settings)
    {
        if (address.Path is { } path)
        {
            if (Syscall.stat(path, out Stat status) != 0)
                return [Missing(path, webUser, service, settings)];
            if ((status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFSOCK)
                return [new Finding(Severity.Error, path, "this is no socket, and nobody can make one of that name as long as it is there") { Command = $"rm -r {ShellWord.Path(path)}", Advice = Restart(service) }];
            Obstacle? obstacle = webUser?.FindObstacle(Access.Write, path);
            Finding[] closed = obstacle is null ? [] : [Closed(path, obstacle, webUser!, service)];
            return settings.MayRun ? [.. closed, .. Connect(address, service)] : closed;
        }
        return settings.MayRun ? Connect(address, service) : [];
    }

    private static Finding Missing(string path, Identity? webUser, Service? service, DoctorSettings settings)
    {
        Severity severity = settings.MayRun ? Severity.Error : Severity.Warning;
        string folder = Path.GetDirectoryName(path) ?? "/";
        if (!Directory.Exists(folder))
        {
            string owner = webUser is null ? "" : $"-o {ShellWord.Quote(webUser.Name)} ";
            return new Finding(severity, path, $"connect() would fail with 2 (No such file or directory): there is no folder {folder}, so nobody can make the socket in it")
                { Command = $"install -d {owner}-m 700 {ShellWord.Path(folder)}", Advice = Restart(service) + (folder.StartsWith("/run/", StringComparison.Ordinal) ? $"; /run is empty after a restart of the machine, so write the line  d {folder} 0700 {webUser?.Name ?? "root"}  into /etc/tmpfiles.d/shims.conf" : "") };
        }
        string cause = service is null
            ? "connect() would fail with 2 (No such file or directory): there is no such socket, and no super-server's configuration that was found makes it"
            : $"connect() would fail with 2 (No such file or directory): there is no such socket yet; {service.SuperServer} is to make it ({service.Place})";
        if (service is not null && IsHeld(path))
            return Lost(severity, path, "connect() would fail with 2 (No such file or directory): somebody has removed the socket", service);
        return new Finding(severity, path, cause) { Command = service?.Reload, Advice = service is null ? "name the super-server's configuration too: shimctl doctor /etc/inetd.conf ..." : $"start {service.SuperServer}, or let it read its configuration" };
    }

    private static Finding Closed(string path, Obstacle obstacle, Identity user, Service? service)
    {
        if (obstacle.Path != path)
            return new Finding(Severity.Error, obstacle.Path, $"user {user.Name} may not enter this folder, so for every socket below it connect() fails with 13 (Permission denied)") { Command = obstacle.Command };
        string lasting = service?.GiveSocketTo?.Invoke(user.Name) is { } line ? $"so that it lasts: {line}; then: {service.Reload}" : "and see to it that whoever makes the socket gives it to that user";
        return new Finding(Severity.Error, path, $"connect() would fail with 13 (Permission denied): user {user.Name} may not write to the socket, and must, to connect")
            { Command = $"chown {ShellWord.Quote(user.Name)} {ShellWord.Path(path)} && chmod u+rw {ShellWord.Path(path)}", Advice = lasting };
    }

    private static Finding Lost(Severity severity, string subject, string cause, Service service) => new(severity, subject, $"{cause} that {service.SuperServer} made and still listens at ({service.Place}), unseen")
        { Command = service.Restart, Advice = $"only a new start of {service.SuperServer} makes the socket anew; to read its configuration again is not enough" };

    /// <summary>Whether somebody listens at a socket that was made under this path, even if it is not there any more. proc_net(5).</summary>
    private static bool IsHeld(string path) => File.Exists("/proc/net/unix")
        && File.ReadLines("/proc/net/unix").Any(line => line.EndsWith($" {path}", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, "00010000", ..]);

    private static IEnumerable<Finding> Connect(SocketAddress address, Service? service)
    {
        using Socket socket = address.Path is null
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        SocketError? refused = TryConnect(socket, address);
        if (refused is null)
            return [new Finding(Severity.Good, address.ToString(), "somebody listens")];
        string subject = address.ToString();
        if (refused == SocketError.ConnectionRefused && service is not null && address.Path is { } path && IsHeld(path))
            return [Lost(Severity.Error, subject, "connect() fails with 111 (Connection refused): another socket, where nobody listens, is in the place of the one", service)];
        return refused switch
        {
            SocketError.ConnectionRefused => [new Finding(Severity.Error, subject, address.Path is null
                ? "connect() fails with 111 (Connection refused): nobody listens at this port"
                : "connect() fails with 111 (Connection refused): the socket was left behind by a server that has ended; nobody listens") { Command = service?.Reload, Advice = Restart(service) }],
            SocketError.AccessDenied => [new Finding(Severity.Warning, subject, $"connect() fails with 13 (Permission denied) for {Identity.Current.Name}, who runs this") { Advice = "run shimctl doctor as root, or as the web server's user" }],
            _ => [new Finding(Severity.Error, subject, $"connect() fails: {new SocketException((int)refused).Message}") { Advice = Restart(service) }],
        };
    }

    private static SocketError? TryConnect(Socket socket, SocketAddress address)
    {
        try
        {
            if (address.Path is not null)
                socket.Connect(new UnixDomainSocketEndPoint(address.Path));
            else
                socket.Connect(address.Host is null or "localhost" ? "127.0.0.1" : address.Host.Trim('[', ']'), address.Port);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode;
        }
        catch (ArgumentException)
        {
            return SocketError.AddressNotAvailable; // A path longer than a socket's may be.
        }
    }

    private static string Restart(Service? service) => service is null ? "start the super-server that listens there" : $"start {service.SuperServer}, or let it read {service.Place.File} again: {service.Reload}";
}

using Shims.Control.Doctor.Configurations;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Deployments;

/// <summary>What the lines of inetd.conf mean.</summary>
internal static class InetdServices
{
    private static readonly string[] s_programs = ["inetd", "openbsd-inetd", "inetutils-inetd"];

    internal static IEnumerable<Service> From(string path) => InetdReader.Read(path).Where(line => line.Fields.Count > InetdLine.ProgramField && line.Program != "internal").Select(line => ToService(line, path));

    internal static Service ToService(InetdLine line, string path) => new("inetd", line.Place)
    {
        Address = AddressOf(line),
        Command = new ProgramCommand(line.Program, [.. line.Arguments.Skip(1)]),
        User = UserOf(line),
        StartsForEach = line.Start.StartsWith("nowait", StringComparison.Ordinal),
        Reload = RunningServers.ReloadCommand(path, "HUP", StartCommand(path), s_programs),
        Restart = RunningServers.RestartCommand(path, StartCommand(path), s_programs),
        GiveSocketTo = line.Name.StartsWith(':') ? user => $"write :{user}:{user}:0600: in front of the path on {line.Place}" : null,
    };

    /// <summary>With its whole path: sbin is not on everybody's PATH.</summary>
    private static ShellCommand? StartCommand(string path) => path == "/etc/inetd.conf"
        ? ShellCommand.Of("service", "openbsd-inetd", "restart")
        : ShellCommand.Of(ProgramSearch.All("inetd", RunningServers.Folders).FirstOrDefault() ?? "inetd", path);

    /// <summary>USER, USER.GROUP, USER:GROUP; FreeBSD has also USER:GROUP/CLASS.</summary>
    internal static string UserOf(InetdLine line) => line.UserField.Split('/')[0].Split(':')[0] is var user && Identity.Find(user) is null ? user.Split('.')[0] : user;

    internal static SocketAddress? AddressOf(InetdLine line)
    {
        if (line.Protocol == "unix")
            return SocketPath(line) is ['/', ..] and var path ? SocketAddress.Unix(path) : null;
        int colon = line.Name.LastIndexOf(':');
        int? port = ServicePorts.Find(line.Name[(colon + 1)..]);
        return port is { } number ? SocketAddress.Tcp(colon < 0 ? line.Host : line.Name[..colon].Split(',')[0], number) : null;
    }

    /// <summary>FreeBSD has :OWNER:GROUP:MODE: in front of the path.</summary>
    private static string SocketPath(InetdLine line) => line.Name.StartsWith(':') ? line.Name.Split(':')[^1] : line.Name;
}

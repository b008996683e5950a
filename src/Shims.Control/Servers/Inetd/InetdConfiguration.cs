using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Users;

namespace Shims.Control.Servers.Inetd;

/// <summary>An inetd.conf, and what its lines mean.</summary>
internal sealed partial class InetdConfiguration : IConfiguration
{
    private readonly string _path;
    private readonly IReadOnlyList<InetdLine> _lines;

    private static readonly string[] s_programs = ["inetd", "openbsd-inetd", "inetutils-inetd"];

    private InetdConfiguration(string path, IReadOnlyList<InetdLine> lines) => (_path, _lines) = (path, lines);

    internal static string[] Files => ["/etc/inetd.conf", "/usr/local/etc/inetd.conf"];

    public IEnumerable<Service> Services =>
        _lines.Where(line => line.Fields.Count > InetdLine.ProgramField && line.Program != "internal")
            .Select(line => ToService(line, _path));

    internal static bool Recognises(string path, string text) => Path.GetFileName(path) == "inetd.conf" || Form().IsMatch(text);

    internal static InetdConfiguration Load(string path, string text) => new(path, InetdReader.Parse(text, path));

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings) =>
        SideBySide.Run(_lines, line => Examine(line, set, settings));

    private IEnumerable<Finding> Examine(InetdLine line, ConfigurationSet set, DoctorSettings settings)
    {
        Service service = ToService(line, _path);
        // Services of other programs are not looked at.
        if (!ConcernsGateway(line, set, service))
            return [];
        return InetdChecks.Examine(line, _path)
            .Concat(line.Fields.Count <= InetdLine.ProgramField ? [] : ServiceChecks.ExamineWithSocket(service, set, settings));
    }

    private static bool ConcernsGateway(InetdLine line, ConfigurationSet set, Service service) =>
        line.Protocol == "unix" || line.Text.Contains("-run", StringComparison.Ordinal) || service.Spoken.Length > 0
        || (service.Address is { } address && set.UpstreamTo(address) is not null);

    internal static Service ToService(InetdLine line, string path) => new("inetd", line.Place)
    {
        Address = AddressOf(line),
        Command = CommandOf(line),
        Variables = [.. CommandOf(line).Variables.Select(variable => ServiceVariable.Parse(variable, line.Place))],
        LetOneServeAll = () => InetdChecks.ToWait(line),
        User = UserOf(line),
        StartsForEach = line.Start.StartsWith("nowait", StringComparison.Ordinal),
        Reload = RunningServers.ReloadCommand(path, "HUP", StartCommand(path), s_programs),
        Restart = RunningServers.RestartCommand(path, StartCommand(path), s_programs),
        GiveSocketTo = line.Name.StartsWith(':') ? user => $"write :{user}:{user}:0600: in front of the path on {line.Place}" : null,
    };

    /// <summary>The program; for tcpd the one that it starts, which is named where argv[0] is otherwise. tcpd(8).</summary>
    private static ProgramCommand CommandOf(InetdLine line)
    {
        string[] arguments = [.. line.Arguments.Skip(1)];
        return line.IsWrapped
            ? new ProgramCommand(Path.Combine("/usr/sbin", line.Arguments[0]), arguments)
            : new ProgramCommand(line.Program, arguments);
    }

    /// <summary>With its whole path: sbin is not on everybody's PATH.</summary>
    private static ShellCommand? StartCommand(string path) => path == "/etc/inetd.conf"
        ? ShellCommand.Of("service", "openbsd-inetd", "restart")
        : ShellCommand.Of(ProgramSearch.All("inetd", RunningServers.Folders).FirstOrDefault() ?? "inetd", path);

    /// <summary>USER, USER.GROUP, USER:GROUP; FreeBSD has also USER:GROUP/CLASS.</summary>
    internal static string UserOf(InetdLine line) =>
        line.UserField.Split('/')[0].Split(':')[0] is var user && UserAccount.Find(user) is null ? user.Split('.')[0] : user;

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

    [GeneratedRegex(@"^[^#\s]\S*[ \t]+(stream|dgram|seqpacket|raw)[ \t]+(tcp|udp|unix|rpc/)\S*[ \t]+(wait|nowait)", RegexOptions.Multiline)]
    private static partial Regex Form();
}

using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers.Xinetd;

/// <summary>A file of xinetd, and what its services mean.</summary>
internal sealed partial class XinetdConfiguration : IConfiguration
{
    private readonly string _path;
    private readonly XinetdService[] _services;

    private XinetdConfiguration(string path, IEnumerable<XinetdService> services) =>
        (_path, _services) = (path, [.. services.Where(service => service.Name != "defaults")]);

    internal static string[] Files => ["/etc/xinetd.conf", "/etc/xinetd.d/*"];

    public IEnumerable<Service> Services =>
        _services.Where(service => !IsDisabled(service) && service["server"] is not null).Select(service => ToService(service, _path));

    /// <summary>The main file includes the others.</summary>
    public bool IsLookedFor => _path.Contains("/xinetd.d/", StringComparison.Ordinal);

    internal static bool Recognises(string path, string text) => Form().IsMatch(text);

    internal static XinetdConfiguration Load(string path, string text) => new(path, XinetdReader.Read(text, path));

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings)
    {
        foreach (XinetdService read in _services)
        {
            Service service = ToService(read, _path);
            if (service.Spoken is [] && (service.Address is null || set.UpstreamTo(service.Address) is null))
                continue;
            foreach (Finding finding in XinetdChecks.Examine(read, _path).Concat(ServiceChecks.ExamineWithSocket(service, set, settings)))
                yield return finding;
        }
    }

    internal static bool IsDisabled(XinetdService service) => service.Value("disable") is "yes" or "true" or "1" or "on";

    internal static Service ToService(XinetdService service, string path) => new("xinetd", service.Place)
    {
        Address = ServicePorts.Find(service.Value("port") ?? service.Name) is { } port
            ? SocketAddress.Tcp(service.Value("bind") ?? service.Value("interface"), port)
            : null,
        Command = CommandOf(service),
        Variables =
        [
            .. service.Attributes.Where(static attribute => attribute.Name == "env").SelectMany(static attribute => attribute.Values.Select(value => ServiceVariable.Parse(value, attribute.Place))),
            .. CommandOf(service).Variables.Select(value => ServiceVariable.Parse(value, service["server_args"]!.Place)),
        ],
        LetOneServeAll = () => service["wait"] is { } wait ? ConfigurationEdit.Replace(wait.Place, wait.Values[0], "yes") : null,
        CommandPlace = service["server"]?.Place ?? service.Place,
        User = service.Value("user"),
        UserPlace = service["user"]?.Place ?? service.Place,
        StartsForEach = service.Value("wait") is "no" or "false" or "0" or "off",
        Reload = RunningServers.ReloadCommand(path, "HUP", ShellCommand.SignalFrom("/run/xinetd.pid", "HUP"), "xinetd"),
        Restart = RunningServers.RestartCommand(path,
            path.StartsWith("/etc/", StringComparison.Ordinal)
                ? ShellCommand.Of("service", "xinetd", "restart")
                : ShellCommand.Of("xinetd", "-f", path),
            "xinetd"),
    };

    private static ProgramCommand CommandOf(XinetdService service) => new(service.Value("server") ?? "", service.Values("server_args"));

    [GeneratedRegex(@"^\s*(service\s+\S+|defaults)\s*(#.*)?\n?\s*\{", RegexOptions.Multiline)]
    private static partial Regex Form();
}

using Shims.Control.Doctor.Configurations;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor.Deployments;

/// <summary>What the services of xinetd mean.</summary>
internal static class XinetdServices
{
    internal static IEnumerable<Service> From(string path) => XinetdReader.Read(path).Where(service => service.Name != "defaults" && !IsDisabled(service) && service["server"] is not null).Select(service => ToService(service, path));

    internal static bool IsDisabled(XinetdService service) => service.Value("disable") is "yes" or "true" or "1" or "on";

    internal static Service ToService(XinetdService service, string path) => new("xinetd", service.Place)
    {
        Address = ServicePorts.Find(service.Value("port") ?? service.Name) is { } port ? SocketAddress.Tcp(service.Value("bind") ?? service.Value("interface"), port) : null,
        Command = new ProgramCommand(service.Value("server") ?? "", service.Values("server_args")),
        CommandPlace = service["server"]?.Place ?? service.Place,
        User = service.Value("user"),
        UserPlace = service["user"]?.Place ?? service.Place,
        StartsForEach = service.Value("wait") is "no" or "false" or "0" or "off",
        Reload = RunningServers.ReloadCommand(path, "HUP", ShellCommand.SignalFrom("/run/xinetd.pid", "HUP"), "xinetd"),
        Restart = RunningServers.RestartCommand(path, path.StartsWith("/etc/", StringComparison.Ordinal) ? ShellCommand.Of("service", "xinetd", "restart") : ShellCommand.Of("xinetd", "-f", path), "xinetd"),
    };
}

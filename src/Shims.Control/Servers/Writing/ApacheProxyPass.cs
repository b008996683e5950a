using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Writing;

/// <summary>Apache's lines that pass requests on by their URL, and their place.</summary>
internal static class ApacheProxyPass
{
    /// <summary>The lines that name the addresses, one for each process, without a secret.</summary>
    internal static IEnumerable<string> LinesOf(Deployment deployment)
    {
        string path = PathOf(deployment);
        return deployment.Processes == 1
            ? [$"ProxyPass \"{path}\" \"{BackendOf(deployment, path)}\"{Options(deployment)}"]
            : deployment.Members.Select(member => $"BalancerMember \"balancer://{deployment.Name}\" \"{BackendOf(member, "")}\" ping=5 retry=5");
    }

    /// <summary>The line that divides requests among several processes.</summary>
    internal static string DivisionOf(Deployment deployment) =>
        $"ProxyPass \"{PathOf(deployment)}\" \"balancer://{deployment.Name}{PathOf(deployment)}\" nocanon";

    /// <summary>The file of Apache's configuration with the lines and the secret.</summary>
    internal static string SecretSettingOf(Deployment deployment) => $"/etc/apache2/{deployment.Name}-ajp.conf";

    private static string Options(Deployment deployment) => deployment.Protocol == Protocols.Ajp13 ? " nocanon ping=5"
        : deployment.KeepsConnections ? " enablereuse=on" : "";

    private static string PathOf(Deployment deployment) => deployment.Url + (deployment.Kind == TargetKind.Directory || deployment.IsWholeSite ? "/" : "");

    private static string BackendOf(Deployment deployment, string path) => deployment.Address.Path is { } socket
        ? $"unix:{socket}|{deployment.Protocol.Scheme}://{deployment.Name}{path}"
        : $"{deployment.Protocol.Scheme}://{deployment.Address}{path}";
}

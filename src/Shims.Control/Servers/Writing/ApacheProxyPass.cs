using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Writing;

/// <summary>Apache's line that passes requests on by their URL, and its place.</summary>
internal static class ApacheProxyPass
{
    /// <summary>The line, without a secret.</summary>
    internal static string LineOf(Deployment deployment)
    {
        Protocol protocol = deployment.Protocol;
        string path = deployment.Url + (deployment.Kind == TargetKind.Directory ? "/" : "");
        string backend = deployment.Address.Path is { } socket ? $"unix:{socket}|{protocol.Scheme}://{deployment.Name}{path}"
            : $"{protocol.Scheme}://{deployment.Address}{path}";
        return $"ProxyPass \"{path}\" \"{backend}\"{(protocol == Protocols.Ajp13 ? " nocanon ping=5" : "")}";
    }

    /// <summary>The file of Apache's configuration with the line and the secret.</summary>
    internal static string SecretSettingOf(Deployment deployment) => $"/etc/apache2/{deployment.Name}-ajp.conf";
}

namespace Shims.Control.Doctor.Deployments;

/// <summary>Whose configuration a file is.</summary>
internal enum ConfigurationKind
{
    None,
    Inetd,
    Xinetd,
    Unit,
    Nginx,
    Apache,
    Lighttpd,
    Caddy,
    HAProxy,
}

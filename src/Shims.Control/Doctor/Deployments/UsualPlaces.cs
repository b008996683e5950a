using Shims.Control.Doctor.Configurations;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Where distributions keep configurations.</summary>
/// <param name="root">What stands for the machine's root directory.</param>
internal sealed class UsualPlaces(string root)
{
    private static readonly string[] s_superServers =
        ["etc/inetd.conf", "usr/local/etc/inetd.conf", "etc/xinetd.conf", "etc/xinetd.d/*", "etc/systemd/system/*.socket", "usr/local/lib/systemd/system/*.socket"];

    private static readonly string[] s_webServers =
    [
        "etc/nginx/nginx.conf", "usr/local/etc/nginx/nginx.conf", "usr/local/nginx/conf/nginx.conf",
        "etc/apache2/apache2.conf", "etc/httpd/conf/httpd.conf", "usr/local/etc/apache24/httpd.conf", "usr/local/apache2/conf/httpd.conf",
        "etc/lighttpd/lighttpd.conf", "usr/local/etc/lighttpd/lighttpd.conf", "etc/caddy/Caddyfile", "etc/haproxy/haproxy.cfg",
    ];

    /// <summary>This machine.</summary>
    internal static UsualPlaces Here { get; } = new("/");

    /// <summary>Configurations of super-servers that are there.</summary>
    internal IEnumerable<string> SuperServers => Find(s_superServers);

    /// <summary>Main configurations of web servers that are there.</summary>
    internal IEnumerable<string> WebServers => Find(s_webServers);

    /// <summary>Sockets in the folder that the examples use.</summary>
    internal IEnumerable<string> Sockets => Find(["run/shims/*"]);

    private IEnumerable<string> Find(IEnumerable<string> patterns) => patterns.SelectMany(pattern => IncludePattern.Find(Path.Join(root, pattern)));
}

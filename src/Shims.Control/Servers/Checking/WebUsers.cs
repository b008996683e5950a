using Shims.Control.Doctor;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>The user that a web server runs as.</summary>
internal static class WebUsers
{
    /// <summary>As distributions name them: Debian, FreeBSD and OpenBSD, nginx.org, Fedora, Arch; then single servers, and macOS.</summary>
    private static readonly string[] s_usual = ["www-data", "www", "nginx", "apache", "http", "lighttpd", "caddy", "haproxy", "_www"];

    /// <summary>The user: as the command line says, else as the configuration says, else the first usual one that there is.</summary>
    internal static UserAccount? Of(string? configured, DoctorSettings settings) =>
        settings.WebUser ?? (configured is null ? null : UserAccount.Find(configured.TrimStart('#')))
            ?? s_usual.Select(UserAccount.Find).FirstOrDefault(user => user is not null);
}

namespace Shims.Control.Configuration;

/// <summary>Who listens, and starts the program.</summary>
internal enum SuperServer
{
    /// <summary>OpenBSD's, Debian's openbsd-inetd, NetBSD's, GNU inetutils'.</summary>
    Inetd,

    FreeBsdInetd,
    Xinetd,
    Launchd,
    Systemd,
    Tcpserver,
    Unixserver,
    SpawnFcgi,
}

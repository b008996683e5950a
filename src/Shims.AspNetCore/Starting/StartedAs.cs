namespace Shims.AspNetCore.Starting;

/// <summary>How the process was started, which decides how it lives.</summary>
internal enum StartedAs : byte
{
    /// <summary>By hand, or by what hands over no socket: Kestrel, as always.</summary>
    Ordinary,

    /// <summary>With one connection: inetd nowait, systemd Accept=yes.</summary>
    Connection,

    /// <summary>With listening sockets: inetd wait, systemd Accept=no, spawn-fcgi.</summary>
    Listener,

    /// <summary>By a web server, as a CGI program.</summary>
    Cgi,

    /// <summary>No process is: what is done for it is there for the compiler to see.</summary>
    Never,
}

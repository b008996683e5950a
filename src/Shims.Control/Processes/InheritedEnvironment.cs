using Shims.Posix;

namespace Shims.Control.Processes;

/// <summary>The environment for programs that are started here: that of this process, without the variables that are meant for it
/// alone.</summary>
internal static class InheritedEnvironment
{
    /// <summary>Variables that describe this process's descriptors, service manager or request.</summary>
    private static readonly HashSet<string> s_ownOnly =
    [
        // sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3)
        "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
        // FastCGI 1.0 section 3.2: the peers that a program on a listening socket accepts.
        "FCGI_WEB_SERVER_ADDRS",
        // A handler that shimctl starts is handed its connections.
        "SHIMS_LISTEN",
        // RFC 3875 section 4.1, and servers' additions: with REQUEST_METHOD a handler responds as a CGI script, and so does php-cgi with
        // GATEWAY_INTERFACE.
        "REQUEST_METHOD", "GATEWAY_INTERFACE", "SCGI", "QUERY_STRING", "CONTENT_LENGTH", "CONTENT_TYPE", "REQUEST_URI", "SCRIPT_NAME",
        "SCRIPT_FILENAME", "PATH_INFO", "PATH_TRANSLATED", "SERVER_PROTOCOL", "SERVER_SOFTWARE", "REDIRECT_STATUS", "FCGI_ROLE",
    ];

    /// <summary>The variables, NAME=VALUE, byte for byte.</summary>
    internal static List<byte[]> Entries()
    {
        var entries = new List<byte[]>();
        ReadOnlySpan<byte> block = ProcessEnvironment.Read();
        foreach (Range range in block.Split((byte)0))
        {
            ReadOnlySpan<byte> entry = block[range];
            int equals = entry.IndexOf((byte)'=');
            if (equals > 0 && !s_ownOnly.Contains(System.Text.Encoding.Latin1.GetString(entry[..equals])))
                entries.Add(entry.ToArray());
        }
        return entries;
    }
}

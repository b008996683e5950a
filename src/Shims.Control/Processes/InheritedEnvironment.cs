namespace Shims.Control.Processes;

/// <summary>What a program that is started here inherits: the environment of this process, byte for byte, but for what was said to this process alone.</summary>
internal static class InheritedEnvironment
{
    /// <summary>Variables that tell a program of descriptors, of a service manager, or of a request that are not its own.</summary>
    private static readonly HashSet<string> s_ownOnly =
    [
        // sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3)
        "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
        // FastCGI 1.0 section 3.2: which peers a program on a listening socket serves.
        "FCGI_WEB_SERVER_ADDRS",
        // RFC 3875 section 4.1 and what servers add: a handler that finds REQUEST_METHOD answers as a CGI script, php-cgi one that finds GATEWAY_INTERFACE.
        "REQUEST_METHOD", "GATEWAY_INTERFACE", "SCGI", "QUERY_STRING", "CONTENT_LENGTH", "CONTENT_TYPE", "REQUEST_URI", "SCRIPT_NAME", "SCRIPT_FILENAME",
        "PATH_INFO", "PATH_TRANSLATED", "SERVER_PROTOCOL", "SERVER_SOFTWARE", "REDIRECT_STATUS", "FCGI_ROLE",
    ];

    /// <summary>NAME=VALUE, for envp.</summary>
    internal static List<byte[]> Entries()
    {
        var entries = new List<byte[]>();
        ReadOnlySpan<byte> block = File.ReadAllBytes("/proc/self/environ");
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

using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>The places of a log, as <c>--stderr</c> and <c>--access-log</c> name them.</summary>
internal static class LogPlace
{
    internal const string Journal = "journal", Syslog = "syslog", Inherited = "inherit", Nowhere = "null";

    /// <summary>The fix for a place that cannot be written.</summary>
    /// <param name="place">One of those above, or a file.</param>
    /// <param name="reason">errno.</param>
    internal static string CureFor(string? place, int reason) => (place, reason) switch
    {
        (Journal, _) => "see whether systemd-journald runs (/run/systemd/journal/stdout)",
        (Syslog or null, _) => "see whether a syslog daemon runs (/dev/log)",
        (_, Errno.ENXIO) => "it is a named pipe that no process reads: start its reader first",
        (_, Errno.ELOOP) => "it is a symbolic link of another user in a world-writable directory: name a file in another directory",
        (_, Errno.EISDIR) => "it is a directory: name a file in it",
        _ => $"give user {Libc.EffectiveUser} write access to it",
    };

    /// <summary>The line about a log that could not be opened anew.</summary>
    /// <param name="place">As above.</param>
    /// <param name="reason">errno.</param>
    internal static string CannotReopen(string place, int reason) =>
        $"cannot open the log {place} anew (SIGHUP), and the old one is kept: {CureFor(place, reason)}";
}

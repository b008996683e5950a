using Shims.Buffers;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>Connects to the daemons that keep logs. Allocates and throws nothing.</summary>
internal static class LogSocket
{
    /// <summary>
    /// systemd-journald's stream: a few lines that say who speaks, then one message a line. systemd.exec(5), StandardError=journal.
    /// </summary>
    /// <param name="programName">The identifier of each message.</param>
    /// <param name="settings">
    /// The lines after it: unit, priority (sd-daemon(3)), whether lines may have a priority of their own, then forwarding to syslog, kernel log and console.
    /// </param>
    /// <returns>A descriptor, or -1.</returns>
    internal static int OpenJournal(ReadOnlySpan<byte> programName, ReadOnlySpan<byte> settings)
    {
        int journal = ConnectTo("/run/systemd/journal/stdout"u8, Flags.SOCK_STREAM);
        if (journal < 0)
            return -1;
        Libc.Send(journal, programName);
        Libc.Send(journal, settings);
        return journal;
    }

    /// <summary>The local syslog daemon. RFC 3164 section 4.1, as syslog(3) sends it.</summary>
    /// <returns>A descriptor, or -1.</returns>
    internal static int OpenSyslog() => ConnectTo("/dev/log"u8, Flags.SOCK_DGRAM);

    private static int ConnectTo(ReadOnlySpan<byte> path, int type)
    {
        // struct sockaddr_un: the family, then the path with its NUL.
        Span<byte> address = stackalloc byte[2 + 108]; // all zero
        address[0] = Flags.AF_UNIX;
        path.CopyInto(address[2..]);
        return Libc.Connect(Flags.AF_UNIX, type, address[..(2 + path.Length + 1)]);
    }
}

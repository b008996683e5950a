using Shims.Buffers;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>Sees to it that descriptor 2 leads to a log and never to the client. Allocates and throws nothing.</summary>
/// <remarks>
/// inetd, xinetd and inetutils-inetd pass the connection as descriptor 2 as well (inetd wait: the listening socket), so that one warning of
/// a script would corrupt its response. systemd, launchd and the ucspi programs leave descriptor 2 alone.
/// </remarks>
internal static unsafe class StandardError
{
    /// <summary>True if what is written goes to syslog's socket, which wants a priority before each message.</summary>
    internal static bool IsSyslog { get; private set; }

    /// <summary>Replaces descriptor 2 if it is the socket of descriptor 0 or closed: by the journal where there is one, else syslog, else nothing.</summary>
    internal static void Secure(ReadOnlySpan<byte> programName)
    {
        bool isOpen = Libc.TryGetStatus(2, out FileStatus error);
        if (isOpen && (!error.IsSocket || !Libc.TryGetStatus(0, out FileStatus input) || !error.IsSameFile(input)))
            return;
        if (!ToJournal(programName) && !ToSyslog())
            ToNull();
    }

    /// <summary>systemd-journald, with the priority of an error.</summary>
    internal static bool ToJournal(ReadOnlySpan<byte> programName)
    {
        int journal = LogSocket.OpenJournal(programName, "\n\n3\n1\n0\n0\n0\n"u8);
        return journal >= 0 && Become(journal, isSyslog: false);
    }

    /// <summary>The local syslog daemon.</summary>
    internal static bool ToSyslog()
    {
        int log = LogSocket.OpenSyslog();
        return log >= 0 && Become(log, isSyslog: true);
    }

    internal static void ToNull() => Become(Libc.OpenNowhere(), isSyslog: false);

    /// <summary>Appends to a file, making it if need be.</summary>
    /// <param name="nulTerminatedPath">Its path.</param>
    /// <returns>False if it cannot be written: see <see cref="OpenFile"/>.</returns>
    internal static bool ToFile(ReadOnlySpan<byte> nulTerminatedPath)
    {
        int file = OpenFile(nulTerminatedPath);
        return file >= 0 && Become(file, isSyslog: false);
    }

    /// <summary>Opens a file of a log for appending, making it if need be.</summary>
    /// <param name="nulTerminatedPath">Its path.</param>
    /// <remarks>A named pipe without a reader is refused (ENXIO) and not waited for, and a terminal does not become ours.</remarks>
    /// <returns>
    /// Its descriptor; -1 if it cannot be written, see errno. ELOOP is a symbolic link of another user in a world-writable directory.
    /// </returns>
    internal static int OpenFile(ReadOnlySpan<byte> nulTerminatedPath)
    {
        const int append = Flags.O_WRONLY | Flags.O_APPEND | Flags.O_CREAT | Flags.O_NONBLOCK | Flags.O_NOCTTY, mode = 0x1A0 /* 0640 */;
        int file = Libc.Open(nulTerminatedPath, append | Flags.O_NOFOLLOW, mode);
        if (file < 0 && Libc.Errno == Errno.ELOOP && MayFollow(nulTerminatedPath))
            file = Libc.Open(nulTerminatedPath, append, mode);
        // Scripts get this open file too, and expect it to wait for them.
        if (file >= 0)
            Libc.SetNonBlocking(file, false);
        return file;
    }

    /// <summary>The rule of fs.protected_symlinks (proc_sys_fs(5)), which not every system has switched on. Leaves ELOOP if the result is no.</summary>
    private static bool MayFollow(ReadOnlySpan<byte> nulTerminatedPath)
    {
        int slash = nulTerminatedPath.LastIndexOf((byte)'/');
        Span<byte> directory = stackalloc byte[Flags.PATH_MAX + 1]; // all zero
        if (slash > Flags.PATH_MAX)
            return true;
        (slash < 0 ? "."u8 : nulTerminatedPath[..Math.Max(1, slash)]).CopyInto(directory);
        if (!Libc.TryGetStatus(directory, follow: true, out FileStatus place) || !place.IsSharedDirectory)
            return true;
        if (!Libc.TryGetStatus(nulTerminatedPath, follow: false, out FileStatus link) || link.Owner == Libc.EffectiveUser || link.Owner == place.Owner)
            return true;
        return Libc.Open(nulTerminatedPath, Flags.O_RDONLY | Flags.O_NOFOLLOW) >= 0; // ELOOP once more
    }

    private static bool Become(int descriptor, bool isSyslog)
    {
        IsSyslog = isSyslog;
        if (descriptor == 2)
            return true;
        Libc.Duplicate(descriptor, 2);
        Libc.Close(descriptor);
        return true;
    }
}

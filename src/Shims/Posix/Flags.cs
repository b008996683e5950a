namespace Shims.Posix;

/// <summary>The bits and numbers that system calls take. Linux values, equal on x86-64 and arm64 unless a comment says otherwise.</summary>
internal static class Flags
{
    internal const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_NOCTTY = 0x100, O_APPEND = 0x400, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;

    /// <summary>A place in the file system, for looking things up in it, and nothing to read or write.</summary>
    internal const int O_PATH = 0x200000;

    /// <summary>A file without a name. 0x400000 and the bit that arm64 numbers differently, O_DIRECTORY.</summary>
    internal static int O_TMPFILE => 0x400000 | O_DIRECTORY;

    internal static int O_DIRECTORY => IsArm64 ? 0x4000 : 0x10000;

    internal static int O_NOFOLLOW => IsArm64 ? 0x8000 : 0x20000;

    internal const int F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_SETLK = 6, F_DUPFD_CLOEXEC = 1030, F_SETPIPE_SZ = 1031, FD_CLOEXEC = 1;

    internal const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EACCESS = 0x200, AT_EMPTY_PATH = 0x1000;

    internal const int R_OK = 4, W_OK = 2, X_OK = 1;

    internal const int F_WRLCK = 1, F_UNLCK = 2;

    internal const int PATH_MAX = 4096;

    internal const int AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800;

    internal const int SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_KEEPALIVE = 9, SO_LINGER = 13, SO_PEERCRED = 17, SO_ATTACH_FILTER = 26, SO_ACCEPTCONN = 30, SO_DOMAIN = 39;

    internal const int MSG_PEEK = 2, MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000, MSG_MORE = 0x8000;

    internal const int IPPROTO_TCP = 6, TCP_NODELAY = 1, TCP_KEEPIDLE = 4, TCP_KEEPINTVL = 5, TCP_KEEPCNT = 6;

    internal const int IPPROTO_IPV6 = 41, IPV6_V6ONLY = 26;

    internal const int SHUT_RD = 0, SHUT_WR = 1, SHUT_RDWR = 2;

    internal const int RLIMIT_CPU = 0, RLIMIT_NOFILE = 7, RLIMIT_AS = 9;

    internal const int SIGHUP = 1, SIGINT = 2, SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15, SIGCHLD = 17, SIGXCPU = 24, SIGXFSZ = 25;

    /// <summary>BSD numbers it differently.</summary>
    internal static int SIGUSR1 => OperatingSystem.IsLinux() ? 10 : 30;

    internal static bool IsArm64 => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64;
}

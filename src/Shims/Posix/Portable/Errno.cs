namespace Shims.Posix;

/// <summary>The error numbers that a shim tells apart, as the .NET runtime numbers them on every system.</summary>
internal static class Errno
{
    internal const int
        E2BIG = 0x10001, EACCES = 0x10002, EADDRINUSE = 0x10003, EADDRNOTAVAIL = 0x10004, EAGAIN = 0x10006, EBADF = 0x10008, ECHILD = 0x1000C, ECONNABORTED = 0x1000D, ECONNREFUSED = 0x1000E,
        EDQUOT = 0x10013, EEXIST = 0x10014, EFBIG = 0x10016, EINTR = 0x1001B, EINVAL = 0x1001C, EISDIR = 0x1001F, ELOOP = 0x10020, EMFILE = 0x10021, ENAMETOOLONG = 0x10025, ENFILE = 0x10029,
        ENOENT = 0x1002D, ENOEXEC = 0x1002E, ENOMEM = 0x10031, ENOSPC = 0x10034, ENOSYS = 0x10037, ENOTDIR = 0x10039, EOPNOTSUPP = 0x1003D, ENXIO = 0x1003F, EPERM = 0x10042, EPIPE = 0x10043,
        EROFS = 0x10048, ETXTBSY = 0x1004E;
}

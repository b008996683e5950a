namespace Shims.Posix;

/// <summary>The error numbers that a shim tells apart. errno(3); Linux numbering.</summary>
internal static class Errno
{
    internal const int
        EPERM = 1, ENOENT = 2, EINTR = 4, ENXIO = 6, E2BIG = 7, ENOEXEC = 8, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EEXIST = 17,
        ENOTDIR = 20, EISDIR = 21, EINVAL = 22, ENFILE = 23, EMFILE = 24, ETXTBSY = 26, EFBIG = 27, ENOSPC = 28, EROFS = 30, EPIPE = 32,
        ENOSYS = 38, ENAMETOOLONG = 36, ELOOP = 40, EOPNOTSUPP = 95, EADDRINUSE = 98, EADDRNOTAVAIL = 99, ECONNABORTED = 103, ECONNREFUSED = 111, EDQUOT = 122;
}

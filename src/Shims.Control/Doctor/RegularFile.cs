using Mono.Unix.Native;

namespace Shims.Control.Doctor;

/// <summary>What can be opened to see what is in it: a pipe or a device would make the reader wait.</summary>
internal static class RegularFile
{
    /// <summary>True if there is a regular file, perhaps behind links.</summary>
    internal static bool IsAt(string path) => Syscall.stat(path, out Stat status) == 0 && (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG;
}

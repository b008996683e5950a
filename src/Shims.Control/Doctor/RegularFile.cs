using Mono.Unix.Native;

namespace Shims.Control.Doctor;

/// <summary>Files that can be opened to see their content: a pipe or a device would make the reader wait.</summary>
internal static class RegularFile
{
    /// <summary>True if there is a regular file, perhaps at the end of links.</summary>
    internal static bool IsAt(string path) =>
        Syscall.stat(path, out Stat status) == 0 && (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG;
}

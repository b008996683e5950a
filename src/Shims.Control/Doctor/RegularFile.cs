using Mono.Unix.Native;

namespace Shims.Control.Doctor;

/// <summary>Files that can be opened to see their content: a pipe or a device would make the reader wait.</summary>
internal static class RegularFile
{
    /// <summary>True if there is a regular file, perhaps at the end of links.</summary>
    internal static bool IsAt(string path) => Syscall.stat(path, out Stat status) == 0 && IsRegular(status);

    /// <summary>The same, and some user may execute it. File.Exists is true for a link that leads nowhere, too.</summary>
    internal static bool IsExecutableAt(string path) =>
        Syscall.stat(path, out Stat status) == 0 && IsRegular(status)
        && (status.st_mode & (FilePermissions.S_IXUSR | FilePermissions.S_IXGRP | FilePermissions.S_IXOTH)) != 0;

    private static bool IsRegular(in Stat status) => (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG;
}

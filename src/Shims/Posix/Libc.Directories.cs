using System.Runtime.InteropServices;

namespace Shims.Posix;

// What is in a directory.
internal static unsafe partial class Libc
{
    /// <summary>Begins to read a directory. opendir(3).</summary>
    /// <returns>0 if it cannot be read.</returns>
    internal static nint OpenDirectory(ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
            return opendir(path);
    }

    /// <summary>The next name, NUL-terminated and good until the next call; null at the end. readdir(3).</summary>
    internal static byte* NextName(nint directory)
    {
        // struct dirent on 64-bit Linux: inode (8), offset (8), length (2), type (1), then the name.
        const int nameOffset = 19;
        byte* entry = directory == 0 ? null : readdir(directory);
        return entry == null ? null : entry + nameOffset;
    }

    internal static void CloseDirectory(nint directory)
    {
        if (directory != 0)
            closedir(directory);
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint opendir(byte* path);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial byte* readdir(nint directory);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int closedir(nint directory);
}

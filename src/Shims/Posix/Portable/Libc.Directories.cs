namespace Shims.Posix;

// What is in a directory.
internal static unsafe partial class Libc
{
    /// <summary>Begins to read a directory.</summary>
    /// <returns>0 if it cannot be read.</returns>
    internal static nint OpenDirectory(ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            nint directory = SystemNative.OpenDir(path);
            if (directory == 0)
                Checked(-1);
            return directory;
        }
    }

    /// <summary>The next name, NUL-terminated and good until the next call; null at the end.</summary>
    internal static byte* NextName(nint directory)
    {
        SystemNative.Entry entry = default;
        return directory != 0 && SystemNative.ReadDir(directory, &entry) == 0 ? entry.Name : null;
    }

    internal static void CloseDirectory(nint directory)
    {
        if (directory != 0)
            SystemNative.CloseDir(directory);
    }
}

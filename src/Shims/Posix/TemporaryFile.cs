using System.Text;

namespace Shims.Posix;

/// <summary>Makes a file that has no name, in TMPDIR or /tmp, or in memory where there is neither: no other process can open it, and it is gone with this one.</summary>
internal static unsafe class TemporaryFile
{
    /// <returns>A descriptor for reading and writing, or -1 with errno.</returns>
    internal static int Create()
    {
        byte* directory = Libc.EnvironmentVariable("TMPDIR\0"u8);
        int file = directory == null ? -1 : Libc.Open(directory, Flags.O_TMPFILE | Flags.O_RDWR, 0x180 /* 0600 */);
        if (file < 0)
            file = Libc.Open("/tmp\0"u8, Flags.O_TMPFILE | Flags.O_RDWR, 0x180);
        if (file >= 0)
            return file;
        return Libc.Errno == Errno.ENOENT ? Libc.CreateMemoryFile("shims\0"u8) : CreateAndUnlink();
    }

    /// <summary>For file systems without O_TMPFILE (overlayfs before Linux 6.1).</summary>
    private static int CreateAndUnlink()
    {
        Span<byte> random = stackalloc byte[8];
        Libc.Random(random);
        byte[] name = Encoding.ASCII.GetBytes($"/tmp/shims-{Convert.ToHexStringLower(random)}\0");
        int file = Libc.Open(name, Flags.O_RDWR | Flags.O_CREAT | Flags.O_EXCL, 0x180);
        if (file >= 0)
            Libc.Unlink(name);
        return file;
    }
}

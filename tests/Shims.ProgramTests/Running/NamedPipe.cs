using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Shims.ProgramTests;

/// <summary>Makes named pipes. mkfifo(3).</summary>
internal static partial class NamedPipe
{
    internal static string Make(string path)
    {
        if (mkfifo(path, 0b110_110_110) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"mkfifo {path}");
        return path;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);
}

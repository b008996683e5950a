using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Shims.Testing;

/// <summary>Makes named pipes, without a process. mkfifo(3).</summary>
public static partial class NamedPipe
{
    /// <summary>Makes one that everybody may use, as far as the umask lets them.</summary>
    /// <returns>The path.</returns>
    public static string Make(string path)
    {
        if (mkfifo(path, 0b110_110_110) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"mkfifo {path}");
        return path;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);
}

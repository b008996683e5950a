using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Shims.ProgramTests;

/// <summary>Gives files to other users, which only root can.</summary>
internal static partial class Ownership
{
    /// <summary>A user that no test runs as.</summary>
    internal const uint SomebodyElse = 65533;

    /// <summary>Gives away what the path names, without looking through a link. lchown(2).</summary>
    internal static void Give(string path, uint user = SomebodyElse)
    {
        if (lchown(path, user, user) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"lchown {path}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint owner, uint group);
}

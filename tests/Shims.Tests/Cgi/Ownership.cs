using System.Runtime.InteropServices;

namespace Shims.Tests.Cgi;

/// <summary>Gives files to other users, which only root can.</summary>
internal static partial class Ownership
{
    internal const uint Nobody = 65534;

    /// <summary>Gives away a link, or whatever the path names, without looking through it. lchown(2).</summary>
    internal static void Give(string path, uint user) => Assert.Equal(0, lchown(path, user, uint.MaxValue));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint owner, uint group);
}

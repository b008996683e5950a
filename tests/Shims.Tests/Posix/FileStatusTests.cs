using System.Text;
using Shims.Posix;

namespace Shims.Tests.Posix;

/// <summary>The status of a file by statx(2), and by the call that stands in for it where it is refused.</summary>
public sealed unsafe class FileStatusTests
{
    [Theory, InlineData("/"), InlineData("/tmp"), InlineData("/etc/passwd"), InlineData("/dev/null"), InlineData("/proc/self/exe"), InlineData("/proc")]
    public void Both_calls_say_the_same_of_a_file(string path)
    {
        byte* stat = stackalloc byte[FileStatus.OlderSize];
        foreach (bool follow in (bool[])[true, false])
        {
            byte[] name = Encoding.UTF8.GetBytes(path + "\0");
            Assert.True(Libc.TryGetStatus(name, follow, out FileStatus expected));
            fixed (byte* start = name)
                Assert.Equal(0, Kernel.Call(SystemCall.OlderFileStatus, Flags.AT_FDCWD, (nint)start, (nint)stat, follow ? 0 : Flags.AT_SYMLINK_NOFOLLOW));
            FileStatus older = default;
            FileStatus.Translate(stat, &older);
            Assert.True(older.IsSameFile(expected));
            Assert.False(older.HasChangedSince(expected));
            Assert.Equal(Shown(expected), Shown(older));
        }
    }

    private static string Shown(in FileStatus status) => string.Join(' ', status.Owner, status.Inode, status.Size, status.ModifiedSeconds, status.ModifiedNanoseconds, status.DeviceMajor, status.DeviceMinor,
        status.HasName, status.IsFile, status.IsDirectory, status.IsLink, status.IsPipe, status.IsSocket, status.IsSharedDirectory, status.IsWritableByAll, status.IsSticky, status.IsPrivate, status.IsExecutableBySomeone);
}

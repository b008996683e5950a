using Shims.Control.Doctor.Scripts;

namespace Shims.ControlTests.Doctor;

/// <summary>Reading /proc/self/mountinfo.</summary>
public sealed class MountTableTests
{
    private static readonly MountTable s_table = new(
    [
        "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
        "22 21 8:2 / /home rw,nosuid,nodev,noexec,relatime shared:2 - ext4 /dev/sda2 rw",
        "23 22 0:40 / /home/ada/bin rw - tmpfs tmpfs rw",
        @"24 21 0:41 / /media/a\040stick\134 rw,noexec - vfat /dev/sdb1 rw",
        "25 21 0:42 / /twice rw,noexec - tmpfs tmpfs rw",
        "26 25 0:43 / /twice rw - tmpfs tmpfs rw",
        "27 21 0:44 / /noexecutives rw,exec - tmpfs noexec rw,noexec",
        "a damaged line",
    ]);

    [Theory]
    [InlineData("/srv/x", null)]
    [InlineData("/home/x", "/home")]
    [InlineData("/home", "/home")]
    [InlineData("/homework/x", null)]
    [InlineData("/home/ada/bin/x", null)]
    [InlineData(@"/media/a stick\/x", @"/media/a stick\")]
    [InlineData("/twice/x", null)]
    [InlineData("/noexecutives/x", null)]
    public void The_nearest_mount_decides_and_the_later_of_two(string path, string? mount) => Assert.Equal(mount, s_table.FindNoExec(path));

    [Fact]
    public void A_machine_that_does_not_say_forbids_nothing() => Assert.Null(new MountTable([]).FindNoExec("/srv/x"));
}

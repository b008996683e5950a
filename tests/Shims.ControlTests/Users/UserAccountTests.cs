using Mono.Unix.Native;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Users;

/// <summary>Permissions of users, by owners, groups and modes.</summary>
public sealed class UserAccountTests : IDisposable
{
    private static readonly UserAccount s_somebody = new("somebody", 4711, 4712, 4713, 4714);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("700", 4711u, 1u, 7)] // owner
    [InlineData("077", 4711u, 4712u, 0)] // the owner's bits decide, even if others have more
    [InlineData("070", 1u, 4712u, 7)] // first group
    [InlineData("040", 1u, 4714u, 4)] // supplementary group
    [InlineData("707", 1u, 4713u, 0)] // the bits of others do not count for a group member
    [InlineData("751", 1u, 1u, 1)] // others
    public void Permissions_come_from_the_first_of_owner_group_and_others_that_matches(string mode, uint owner, uint group, int allowed) =>
        Assert.Equal((Access)allowed, s_somebody.Allowed((FilePermissions)Convert.ToUInt32(mode, 8) | FilePermissions.S_IFREG, owner, group));

    [Theory]
    [InlineData("000", FilePermissions.S_IFREG, 6)]
    [InlineData("001", FilePermissions.S_IFREG, 7)]
    [InlineData("000", FilePermissions.S_IFDIR, 7)]
    public void Root_may_do_everything_except_execute_a_file_without_execute_bits(string mode, FilePermissions kind, int allowed) =>
        Assert.Equal((Access)allowed, new UserAccount("root", 0, 0).Allowed((FilePermissions)Convert.ToUInt32(mode, 8) | kind, 1, 1));

    [Fact]
    public void Directory_that_denies_access_is_named()
    {
        string script = Make("open/closed dir/inner/script", "755");
        string closed = Path.Combine(_folder.Path, "open/closed dir");
        Chmod("750", closed);
        Obstacle? obstacle = s_somebody.FindObstacle(Access.Execute, script);
        Assert.Equal((ObstacleKind.Forbidden, closed), (obstacle?.Kind, obstacle?.Path));
        Assert.Equal(new AccessGrant(closed, s_somebody, Access.Execute) { Whose = 'o' }, obstacle is null ? null : AccessGrant.Past(obstacle));
    }

    [Fact]
    public void Access_through_a_link_is_decided_by_its_target()
    {
        string script = Make("hidden/script", "755");
        Make("shown/other", "644");
        string link = Path.Combine(_folder.Path, "shown/link");
        File.CreateSymbolicLink(link, "../hidden/script");
        Assert.Null(s_somebody.FindObstacle(Access.Read, link));
        Chmod("700", Path.GetDirectoryName(script)!);
        Assert.Equal(Path.GetDirectoryName(script), s_somebody.FindObstacle(Access.Read, link)?.Path);
    }

    [Fact]
    public void Circular_links_are_reported()
    {
        string link = Path.Combine(_folder.Path, "round");
        File.CreateSymbolicLink(link, "round");
        Assert.Equal(ObstacleKind.EndlessLinks, s_somebody.FindObstacle(Access.Read, link)?.Kind);
    }

    [Fact]
    public void Missing_files_and_components_that_are_not_directories_are_distinguished()
    {
        string file = Make("file", "644");
        Assert.Equal(new Obstacle(ObstacleKind.NotADirectory, file), s_somebody.FindObstacle(Access.Read, $"{file}/more"));
        Assert.Equal(new Obstacle(ObstacleKind.Absent, $"{_folder.Path}/none"), s_somebody.FindObstacle(Access.Read, $"{_folder.Path}/none/more"));
    }

    [Fact]
    public void User_is_looked_up_with_all_groups()
    {
        UserAccount? root = UserAccount.Find("root");
        Assert.Equal((0u, "root"), (root?.UserId, UserAccount.Find("0")?.Name));
        Assert.Contains(0u, root!.Groups);
        Assert.Null(UserAccount.Find("no-such-user-here"));
    }

    private string Make(string name, string mode)
    {
        string path = _folder.Write(name, "#!/bin/sh\n");
        Chmod(mode, path);
        return path;
    }

    private static void Chmod(string mode, string path) => File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
}

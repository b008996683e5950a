using Shims.Control.Capsules;
using Shims.Recording;
using Shims.Testing;

namespace Shims.ControlTests.Capsules;

/// <summary>The directory of capsules, with names that another user has taken first.</summary>
public sealed class CapsuleFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Capsule_leaves_a_link_at_its_name_alone_and_does_not_write_through_it()
    {
        string victim = _folder.Write("victim", "untouched");
        Directory.CreateDirectory(_folder.PathTo("capsules"));
        File.CreateSymbolicLink(_folder.PathTo("capsules/0123abcd.capsule"), victim);
        Assert.True(new CapsuleFolder(_folder.PathTo("capsules")).TryKeep("0123abcd", "content"u8, out string path, out _));
        Assert.Equal("untouched", File.ReadAllText(victim));
        var kept = new FileInfo(path);
        Assert.StartsWith("0123abcd-", kept.Name, StringComparison.Ordinal);
        Assert.Null(kept.LinkTarget);
        Assert.Equal("content", File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, kept.UnixFileMode);
    }

    [Fact]
    public void Capsule_is_written_elsewhere_if_its_temporary_name_is_taken()
    {
        string victim = _folder.Write("victim", "untouched");
        Directory.CreateDirectory(_folder.PathTo("capsules"));
        string planted = _folder.PathTo("capsules/.0123abcd.capsule");
        File.CreateSymbolicLink(planted, victim);
        Assert.True(new CapsuleFolder(_folder.PathTo("capsules")).TryKeep("0123abcd", "content"u8, out string path, out string? obstacle));
        Assert.Null(obstacle);
        Assert.Equal("untouched", File.ReadAllText(victim));
        Assert.Equal("content", File.ReadAllText(path));
        Assert.Equal([planted, path], Directory.GetFiles(_folder.PathTo("capsules")).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("fault", "Q7")]
    public void Two_requests_of_one_id_have_a_capsule_each_and_show_finds_both()
    {
        string folder = Directory.CreateDirectory(_folder.PathTo("capsules")).FullName;
        var capsules = new CapsuleFolder(folder);
        Assert.True(capsules.TryKeep("of-the-web-server", "one"u8, out string first, out _));
        Assert.True(capsules.TryKeep("of-the-web-server", "two"u8, out string second, out _));
        Assert.Equal(("one", "two"), (File.ReadAllText(first), File.ReadAllText(second)));
        Assert.Equal([first, second], Directory.GetFiles(folder).OrderBy(static path => path.Length));
        Assert.Equal(first, CapsuleEntry.Find("of-the-web-server", [folder]));
        Assert.Equal(second, CapsuleEntry.Find(Path.GetFileNameWithoutExtension(second), [folder]));
    }

    [Fact]
    public void A_directory_of_capsules_that_is_not_there_is_the_obstacle()
    {
        Assert.False(new CapsuleFolder(_folder.PathTo("none")).TryKeep("0123abcd", "content"u8, out _, out string? obstacle));
        Assert.Contains("there is no such directory", obstacle, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

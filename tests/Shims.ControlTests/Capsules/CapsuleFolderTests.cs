using Shims.Recording;
using Shims.Testing;

namespace Shims.ControlTests.Capsules;

/// <summary>The directory of capsules, with names that another user has taken first.</summary>
public sealed class CapsuleFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Capsule_replaces_a_link_at_its_name_and_does_not_write_through_it()
    {
        string victim = _folder.Write("victim", "untouched");
        Directory.CreateDirectory(_folder.PathTo("capsules"));
        File.CreateSymbolicLink(_folder.PathTo("capsules/0123abcd.capsule"), victim);
        Assert.True(new CapsuleFolder(_folder.PathTo("capsules")).TryKeep("0123abcd", "content"u8, out _));
        Assert.Equal("untouched", File.ReadAllText(victim));
        var kept = new FileInfo(_folder.PathTo("capsules/0123abcd.capsule"));
        Assert.Null(kept.LinkTarget);
        Assert.Equal("content", File.ReadAllText(kept.FullName));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, kept.UnixFileMode);
    }

    [Fact]
    public void Capsule_is_not_written_if_its_temporary_name_is_taken()
    {
        string victim = _folder.Write("victim", "untouched");
        Directory.CreateDirectory(_folder.PathTo("capsules"));
        string planted = _folder.PathTo("capsules/.0123abcd.capsule");
        File.CreateSymbolicLink(planted, victim);
        Assert.False(new CapsuleFolder(_folder.PathTo("capsules")).TryKeep("0123abcd", "content"u8, out string? obstacle));
        Assert.NotNull(obstacle);
        Assert.Equal("untouched", File.ReadAllText(victim));
        Assert.Equal([planted], Directory.GetFiles(_folder.PathTo("capsules")));
    }

    public void Dispose() => _folder.Dispose();
}

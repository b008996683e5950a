using Shims.Recording;
using Shims.Testing;

namespace Shims.ControlTests.Capsules;

/// <summary>What the folder of capsules does with names that somebody else has taken first.</summary>
public sealed class CapsuleFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_link_planted_at_the_name_is_replaced_and_what_it_leads_to_stays_as_it_is()
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
    public void A_link_or_file_planted_where_it_is_written_is_neither_followed_nor_removed()
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

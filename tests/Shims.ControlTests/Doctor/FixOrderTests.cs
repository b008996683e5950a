using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>The order of cures that change lines of the same file.</summary>
public sealed class FixOrderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("f 3a|f 9d|f 12s", "f 12s|f 9d|f 3a")] // from the last line to the first
    [InlineData("f 4i|f 4s", "f 4s|f 4i")] // what is written above a line moves it
    [InlineData("f 9d 2i|f 5s", "f 5s|f 9d 2i")] // the highest of several lines counts
    [InlineData("f 1d|g 2d|f 2d|g 3d", "f 2d|g 3d|f 1d|g 2d")] // each file for itself
    [InlineData("other|f 2d|other|f s|f 3d", "other|f 3d|other|f s|f 2d")] // others keep their places
    public void The_lowest_line_is_changed_first(string edits, string arranged) =>
        Assert.Equal(arranged, string.Join('|', FixOrder.Arrange(edits.Split('|').Select(Read)).Select(finding => finding.Cause)));

    public void Dispose() => _folder.Dispose();

    /// <summary>A file and what sed is to do there: a number, and i for a line that is written above it.</summary>
    private Finding Read(string edit)
    {
        string[] words = edit.Split(' ');
        var finding = new Finding(Severity.Error, "f", edit);
        if (words.Length == 1)
            return finding with { Fix = ShellCommand.Of("chmod", "a+x", "f") };
        string file = _folder.Write(words[0], "text\n");
        LineChange[] changes = [.. words.Skip(1).Select(word => new LineChange(KindOf(word[^1]), word.Length > 1 ? int.Parse(word[..^1], System.Globalization.CultureInfo.InvariantCulture) : 0))];
        return (finding with { Fix = new LineEdit(file, changes) }).Settle(FixScope.OfScript(file));
    }

    private static LineChangeKind KindOf(char letter) => letter switch
    {
        'a' => LineChangeKind.AppendAfter,
        'd' => LineChangeKind.Delete,
        'i' => LineChangeKind.InsertBefore,
        _ => LineChangeKind.Rewrite,
    };
}

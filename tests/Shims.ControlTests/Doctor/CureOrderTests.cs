using Shims.Control.Doctor;

namespace Shims.ControlTests.Doctor;

/// <summary>The order of cures that change lines of the same file.</summary>
public sealed class CureOrderTests
{
    [Theory]
    [InlineData("sed -i '3a\\x' f|sed -i 9d f|sed -i '12s/a/b/' f", "sed -i '12s/a/b/' f|sed -i 9d f|sed -i '3a\\x' f")] // from the last line to the first
    [InlineData("sed -i '4i\\x' f|sed -i '4s/a/b/' f", "sed -i '4s/a/b/' f|sed -i '4i\\x' f")] // what is written above a line moves it
    [InlineData("sed -i -e 9d -e '2i\\x' f|sed -i '5s/a/b/' f", "sed -i '5s/a/b/' f|sed -i -e 9d -e '2i\\x' f")] // the highest of several lines counts
    [InlineData("sed -i 1d f|sed -i 2d 'it'\\''s'|sed -i 2d f|sed -i 3d 'it'\\''s'", "sed -i 2d f|sed -i 3d 'it'\\''s'|sed -i 1d f|sed -i 2d 'it'\\''s'")] // each file for itself
    [InlineData("chmod a+x f|sed -i 2d f|touch f && chown a f|sed -i 's/a/b/' f|sed -i 3d f", "chmod a+x f|sed -i 3d f|touch f && chown a f|sed -i 's/a/b/' f|sed -i 2d f")] // others keep their places
    public void The_lowest_line_is_changed_first(string commands, string arranged) =>
        Assert.Equal(arranged, string.Join('|', CureOrder.Arrange(commands.Split('|').Select(command => new Finding(Severity.Error, "f", "") { Command = command })).Select(finding => finding.Command)));
}

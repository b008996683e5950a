using Shims.Diagnostics;

namespace Shims.Tests.Diagnostics;

public sealed class ProgramVersionTests
{
    [Theory]
    [InlineData("78f191d0c2a24c4a9e7d3b0b5c7d4e1f2a3b4c5d", "scgi-run 0.1.0 (78f191d)")]
    [InlineData("78f191d", "scgi-run 0.1.0 (78f191d)")]
    [InlineData("78f", "scgi-run 0.1.0 (78f)")]
    [InlineData("", "scgi-run 0.1.0")]
    [InlineData(null, "scgi-run 0.1.0")]
    public void The_line_has_seven_digits_of_the_commit_where_it_is_known(string? commit, string line) =>
        Assert.Equal(line, ProgramVersion.Line("scgi-run", "0.1.0", commit));
}

using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class CgiVariablesTests
{
    [Fact]
    public void CGI_variables_are_walked_in_the_order_in_which_they_came()
    {
        var walked = new List<string>();
        foreach (CgiVariable variable in new RequestBlock { { "B", "1" }, { "A", "" }, { "B", "2" } }.Variables)
            walked.Add($"{Latin1.Text(variable.Name)}={Latin1.Text(variable.Value)}");
        Assert.Equal(["B=1", "A=", "B=2"], walked);
    }

    [Fact]
    public void Of_several_with_one_name_the_last_is_found()
    {
        CgiVariables variables = new RequestBlock { { "A", "1" }, { "B", "x" }, { "A", "2" }, { "A", "" } }.Variables;
        Assert.True(variables.TryGet("A"u8, out ReadOnlySpan<byte> value));
        Assert.True(value.IsEmpty);
    }

    [Fact]
    public void Names_are_found_whole_and_with_their_case()
    {
        CgiVariables variables = new RequestBlock { { "AB", "1" }, { "A", "2" }, { "VALUE", "AB" } }.Variables;
        Assert.Equal("2", Latin1.Text(variables.Get("A"u8)));
        Assert.False(variables.TryGet("a"u8, out _));
        Assert.False(variables.TryGet("ABC"u8, out _));
        Assert.False(variables.TryGet("B"u8, out _));
        Assert.False(variables.TryGet("2"u8, out _));
        Assert.True(variables.Get("NONE"u8).IsEmpty);
    }

    [Theory]
    [InlineData("A\0\0", true)]
    [InlineData("A\01\0", true)]
    [InlineData("A\01\0A\02\0", true)]
    [InlineData("A\0=\0", true)]
    [InlineData("proxy-nokeepalive\01\0", true)]
    [InlineData(" \0 \0", true)]
    [InlineData("\xFF\0\xFF\0", true)]
    [InlineData("", false)]
    [InlineData("A", false)]
    [InlineData("A\0", false)]
    [InlineData("A\01", false)]
    [InlineData("\0\0", false)]
    [InlineData("\01\0", false)]
    [InlineData("A\0\0\0\0", false)]
    [InlineData("A\0\0\0", false)]
    [InlineData("A=B\0C\0", false)]
    [InlineData("=\0C\0", false)]
    [InlineData("A=\0C\0", false)]
    public void CGI_variables_are_well_formed_if_they_are_pairs_with_names_of_variables(string block, bool expected) =>
        Assert.Equal(expected, new CgiVariables(Latin1.Bytes(block)).IsWellFormed);

    [Fact]
    public void CGI_variables_may_be_1024_and_not_1025()
    {
        Assert.True(new CgiVariables(Latin1.Bytes(string.Concat(Enumerable.Repeat("A\0\0", CgiVariables.MaxCount)))).IsWellFormed);
        Assert.False(new CgiVariables(Latin1.Bytes(string.Concat(Enumerable.Repeat("A\0\0", CgiVariables.MaxCount + 1)))).IsWellFormed);
        Assert.Equal(1024, CgiVariables.MaxCount);
    }
}

using System.Text;
using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class RequestIdVariableTests
{
    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", true)]
    [InlineData("3F2504E0-4F89-11D3-9A0C-0305E82C3301", true)]
    [InlineData("a", true)]
    [InlineData("req_1.2", true)]
    [InlineData("", false)]
    [InlineData(".hidden", false)]
    [InlineData("-x", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\r\nSet-Cookie: b", false)]
    [InlineData("é", false)]
    [InlineData("\u001b[31m", false)]
    public void An_id_of_the_web_server_counts_if_it_can_stand_in_a_header_a_log_and_a_files_name(string id, bool counts)
    {
        Assert.Equal(counts ? id : null, Of($"REQUEST_ID\0{id}\0"));
        Assert.Equal(counts ? id : null, Of($"HTTP_X_REQUEST_ID\0{id}\0"));
    }

    [Fact]
    public void An_id_has_at_most_64_characters()
    {
        Assert.NotNull(Of($"REQUEST_ID\0{new string('a', 64)}\0"));
        Assert.Null(Of($"REQUEST_ID\0{new string('a', 65)}\0"));
    }

    [Fact]
    public void The_variable_that_only_the_web_server_can_set_comes_first() => Assert.Equal("own", Of("HTTP_X_REQUEST_ID\0sent\0REQUEST_ID\0own\0"));

    private static string? Of(string block) => RequestIdVariable.Of(new CgiVariables(Encoding.UTF8.GetBytes(block)), isTrusted: true);
}

namespace Shims.Tests.Hosting;

public sealed class CgiVariableCollectionTests
{
    [Fact]
    public void Headers_that_came_twice_are_joined_and_of_other_variables_the_last_counts()
    {
        CgiVariableCollection variables = Of("HTTP_X=1", "CONTENT_LENGTH=0", "HTTP_X=2", "HTTP_COOKIE=a=1", "CONTENT_LENGTH=5", "HTTP_COOKIE=b=2");
        Assert.Equal("1, 2", variables["HTTP_X"]);
        Assert.Equal("a=1; b=2", variables["HTTP_COOKIE"]);
        Assert.Equal("5", variables["CONTENT_LENGTH"]);
        Assert.Equal(["HTTP_X", "CONTENT_LENGTH", "HTTP_COOKIE"], variables.Select(variable => variable.Key));
    }

    [Fact, Trait("fault", "A03")]
    public void Of_a_header_that_HTTP_allows_once_the_last_value_counts() => Assert.Equal("second", Of("HTTP_HOST=first", "HTTP_X=1", "HTTP_HOST=second")["HTTP_HOST"]);

    [Fact, Trait("fault", "M10")]
    public void Settings_of_the_program_are_not_there_and_whatever_else_was_sent_is()
    {
        CgiVariableCollection variables = Of("SHIMS_STDERR=/evil", "SHIMS_ERRORS=browser", "LD_PRELOAD=data", "GIT_PROJECT_ROOT=/srv");
        Assert.Null(variables["SHIMS_STDERR"]);
        Assert.Equal(["LD_PRELOAD", "GIT_PROJECT_ROOT"], variables.Select(variable => variable.Key));
    }

    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("http_proxy")]
    public void The_proxy_that_a_client_wishes_for_is_not_there(string name)
    {
        CgiVariableCollection variables = Of($"{name}=http://evil.test/");
        Assert.Null(variables[name]);
        Assert.Empty(variables);
    }

    [Fact]
    public void Values_are_bytes_and_text()
    {
        var variables = new CgiVariableCollection([(byte)'A', 0, 0xFF, 0xE9, 0, (byte)'B', 0, 0xC3, 0xA9, 0, (byte)'C', 0, 0]);
        Assert.Equal([0xFF, 0xE9], variables.GetBytes("A")!.Value.ToArray());
        Assert.Equal("ÿé", variables["A"]);
        Assert.Equal("é", variables["B"]);
        Assert.Equal("", variables["C"]);
        Assert.Null(variables["D"]);
    }

    [Fact]
    public void Headers_have_the_names_of_HTTP()
    {
        var headers = new RequestHeaderCollection(Of("HTTP_USER_AGENT=me", "CONTENT_TYPE=text/plain", "CONTENT_LENGTH=", "SERVER_NAME=x"));
        Assert.Equal("me", headers["user-agent"]);
        Assert.Equal("text/plain", headers["Content-Type"]);
        Assert.Null(headers["Content-Length"]);
        Assert.Equal(["User-Agent", "Content-Type"], headers.Select(header => header.Key));
    }

    private static CgiVariableCollection Of(params string[] variables) =>
        new(System.Text.Encoding.UTF8.GetBytes(string.Concat(variables.Select(variable => string.Join('\0', variable.Split('=', 2)) + "\0"))));
}

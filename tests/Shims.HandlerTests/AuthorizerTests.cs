namespace Shims.HandlerTests;

/// <summary>FastCGI 1.0 section 6.3: an Authorizer says whether a request may go on.</summary>
public sealed class AuthorizerTests
{
    [Fact]
    public async Task An_allowed_request_goes_on_with_variables()
    {
        Response answer = await AskFor("user=ada");
        Assert.True(answer is { Status: 200, Body: "" }, answer.ToString());
        Assert.Equal("ada", answer.Header("Variable-REMOTE_USER"));
    }

    [Fact]
    public async Task A_refused_request_gets_the_response()
    {
        Response answer = await AskFor("user=");
        Assert.True(answer is { Status: 401, Body: "who are you?\n" }, answer.ToString());
    }

    [Fact]
    public async Task An_authorizer_that_neither_allows_nor_responds_denies() => Assert.Equal(403, (await AskFor("")).Status);

    [Fact]
    public async Task An_authorizer_has_no_body_whatever_CONTENT_LENGTH_it_is_sent() =>
        Assert.Equal(200, (await AskFor("user=ada", ("CONTENT_LENGTH", "1000"))).Status);

    private static Task<Response> AskFor(string query, params IReadOnlyList<(string, string)> with) =>
        new HandlerRequest(Wire.FastCgi) { Environment = ["TEST_KIND=authorizer"], Role = FastCgiClient.Authorizer, With = [("QUERY_STRING", query), .. with] }.SendAsync();
}

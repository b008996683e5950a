namespace Shims.EndToEndTests;

/// <summary>lighttpd asks fcgi-run who may see what, with the shipped configuration.</summary>
public sealed class AuthorizerTests
{
    [Fact]
    public async Task Whoever_the_script_lets_in_gets_the_file_and_scripts_know_who_it_is()
    {
        await using MembersSite site = await MembersSite.StartAsync();
        ScriptReply page = await site.Browser.GetAsync("/members/page.txt", "X-Key: ada's");
        Assert.Equal((200, "For members.\n"), (page.Status, page.Body));
        Assert.DoesNotContain(page.Headers, header => header.Key.StartsWith("Variable-", StringComparison.OrdinalIgnoreCase));

        ScriptReply script = await site.Browser.GetAsync("/members/env.cgi?q", "X-Key: ada's");
        Assert.True(script.Status == 200, script.Body + site.Log);
        IReadOnlyDictionary<string, string> environment = script.Environment;
        Assert.Equal(("ada", "q"), (environment["MEMBER"], environment["QUERY_STRING"]));
        // That one is no Authorizer.
        Assert.DoesNotContain("FCGI_ROLE", environment.Keys);
    }

    [Fact]
    public async Task Whoever_it_does_not_gets_its_answer_and_nothing_else()
    {
        await using MembersSite site = await MembersSite.StartAsync();
        foreach (string path in new[] { "/members/page.txt", "/members/missing.txt", "/members/env.cgi" })
        {
            ScriptReply refusal = await site.Browser.GetAsync(path, "X-Key: eve's");
            Assert.Equal((403, "Members only.\n", "text/plain"), (refusal.Status, refusal.Body, refusal.Header("Content-Type")));
        }
        ScriptReply redirect = await site.Browser.GetAsync("/members/page.txt");
        Assert.Equal((302, "https://example.org/login"), (redirect.Status, redirect.Header("Location")));
    }

    [Fact]
    public async Task What_else_lies_beside_the_members_folder_is_for_nobody()
    {
        await using MembersSite site = await MembersSite.StartAsync();
        foreach (string path in new[] { "/cgi-bin/authorize.cgi", "/cgi-bin/env.cgi", "/members/../cgi-bin/env.cgi" })
            Assert.Equal(403, (await site.Browser.GetAsync(path, "X-Key: ada's")).Status);
    }

    [Theory, InlineData("crash"), InlineData("silence")]
    public async Task If_the_script_fails_nobody_gets_in(string key)
    {
        await using MembersSite site = await MembersSite.StartAsync();
        ScriptReply reply = await site.Browser.GetAsync("/members/page.txt", $"X-Key: {key}");
        Assert.InRange(reply.Status, 400, 599);
        Assert.DoesNotContain("For members.", reply.Body);
    }

    [Fact]
    public async Task An_upload_goes_to_the_script_that_it_is_for()
    {
        await using MembersSite site = await MembersSite.StartAsync();
        byte[] body = new byte[1_000_000];
        new Random(1).NextBytes(body);
        ScriptReply echo = await site.Browser.SendAsync("POST", "/members/echo.cgi", ["X-Key: ada's", "Content-Type: application/octet-stream"], body);
        Assert.Equal(200, echo.Status);
        Assert.True(body.AsSpan().SequenceEqual(echo.BodyBytes), $"{echo.BodyBytes.Length} bytes came back");
    }

    /// <summary>The example, with an Authorizer that goes by a header.</summary>
    private sealed class MembersSite(Installation installation, Lighttpd lighttpd) : IAsyncDisposable
    {
        private const string Authorizer = """
            #!/bin/sh
            case "$FCGI_ROLE $HTTP_X_KEY" in
                "AUTHORIZER ada's") printf 'Status: 200 OK\nVariable-MEMBER: ada\n\n' ;;
                "AUTHORIZER eve's") printf 'Status: 403 Forbidden\nContent-Type: text/plain\n\nMembers only.\n' ;;
                'AUTHORIZER crash') kill -KILL $$ ;;
                'AUTHORIZER silence') exit 0 ;;
                *) printf 'Location: https://example.org/login\n\n' ;;
            esac
            """;

        internal string Log => lighttpd.Log;

        internal Browser Browser { get; } = new(installation.PortOf(8080));

        internal static async Task<MembersSite> StartAsync()
        {
            Requires.Tools("lighttpd");
            Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
            try
            {
                installation.Folder.WriteScript("www/cgi-bin/authorize.cgi", Authorizer);
                installation.Folder.Write("www/members/page.txt", "For members.\n");
                foreach (string script in new[] { "env.cgi", "echo.cgi" })
                    installation.Folder.WriteScript($"www/members/{script}", await File.ReadAllBytesAsync(Repository.PathTo($"inetd-examples/cgi-bin/{script}")));
                return new MembersSite(installation, await Lighttpd.StartAsync(installation, ExampleFile.Read("webserver-examples/lighttpd-authorizer.conf")));
            }
            catch
            {
                installation.Dispose();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await lighttpd.DisposeAsync();
            installation.Dispose();
        }
    }
}

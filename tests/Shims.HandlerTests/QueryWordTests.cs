namespace Shims.HandlerTests;

/// <summary>Words of a query that a web server passes as arguments of a CGI program. RFC 3875 section 4.4.</summary>
public sealed class QueryWordTests
{
    [Fact]
    [Trait("fault", "Q1")]
    public async Task No_word_of_a_query_is_an_option_or_an_argument_behind_Apache_with_mod_cgid()
    {
        await using Site site = await Site.StartAsync("apache cgi");
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1FF);
        string log = folder.PathTo("owned");
        foreach (string query in new[]
        {
            $"--access-log+{log}", $"--access-log%3D{log}+x", $"--stderr+{log}", $"--options+{log}", "--errors+browser", "/tmp/x",
            "a+b%2Dc", "a%20b", "+", "--",
            "%26%3B%60%27%22%7C*%3F%7E%3C%3E%5E%28%29%5B%5D%7B%7D%24%5C+%ff", "%", "a%00b+c",
        })
        {
            ScriptReply reply = await site.Browser.GetAsync("/app?" + query);
            Assert.True(reply is { Status: 200, Body: "Arguments: \n" }, $"{query}: {reply.Status} {reply.Body}\n{site.Log}");
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    [Trait("fault", "Q1")]
    public async Task A_query_without_an_equals_sign_is_served_after_a_rewrite_of_Apache()
    {
        await using Site site = await Site.StartAsync("apache cgi rewrite");
        foreach (string query in (string[])["x", "x+y", "--errors+browser", "a=b"])
        {
            ScriptReply reply = await site.Browser.GetAsync("/app/old?" + query);
            Assert.True(reply is { Status: 200, Body: "Arguments: \n" }, $"{query}: {reply.Status} {reply.Body}\n{site.Log}");
        }
    }

    [Theory]
    // The web server itself has started the program.
    [InlineData(true, "--errors+/x", "--errors|/x", 200, "")]
    [InlineData(true, "x", "in an unknown form", 200, "")]
    // A script of the administrator has, or a gateway.
    [InlineData(false, "x", "/srv/notes|y", 200, "/srv/notes|y")]
    [InlineData(false, "a=x", "/srv/notes|x", 200, "/srv/notes|x")]
    [InlineData(false, "x", "/srv/notes|x", 400, null)]
    [InlineData(false, "x+y", "/srv/notes|x", 400, null)]
    [InlineData(false, "--access-log+%2Ftmp%2Fx", "/srv/notes|--access-log|/tmp/x", 400, null)]
    [InlineData(false, "--stderr%20/tmp/x", "--stderr /tmp/x", 400, null)]
    [InlineData(false, "a%26b", "a\\&b", 400, null)]
    [InlineData(false, "%2Ftmp", "%2Ftmp", 400, null)]
    [InlineData(false, "%ff", "\ufffd", 400, null)]
    [InlineData(false, "", "/srv/notes|x", 200, null)]
    [Trait("fault", "Q1")]
    public async Task A_request_whose_words_cannot_be_told_from_the_administrators_is_refused(bool isDirect, string query, string arguments,
        int status, string? expected)
    {
        string script = isDirect ? HandlerRequest.Program : "/bin/sh";
        ScriptReply reply = await RunAsync(HandlerRequest.Program, arguments.Split('|'), script, query);
        Assert.Equal(status, reply.Status);
        if (expected is not null && query != "a=x")
            Assert.Equal($"Arguments: {expected}\n", reply.Body);
    }

    [Theory]
    [InlineData("x", "/srv/notes|y", 200)]
    [InlineData("/srv/notes", "/srv/notes|y", 400)]
    [Trait("fault", "Q1")]
    public async Task The_arguments_that_a_gateway_gives_stay(string query, string arguments, int status)
    {
        ScriptReply reply = await RunAsync(HandlerRequest.Program, arguments.Split('|'), HandlerRequest.Program, query, null, "REDIRECT_STATUS=200");
        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200, reply.Body == $"Arguments: {arguments}\n");
    }

    [Fact]
    [Trait("fault", "Q1")]
    public async Task Shim_dotnet_hands_no_word_of_a_query_on_and_takes_none_for_its_file()
    {
        // Below the samples' own folder, where the package is found.
        string source = Path.Combine(Repository.PathTo("inetd-examples/apps"), $"words-{Guid.NewGuid():N}.cs");
        await File.WriteAllTextAsync(source, $$"""
            #!{{Repository.Program("shim-dotnet")}}
            #:package Shims@*
            using Shims;
            string first = string.Join('|', args);
            return Shim.Run((request, response) => response.Write($"Arguments: {first}\n"));
            """, TestContext.Current.CancellationToken);
        try
        {
            string program = Repository.Program("shim-dotnet");
            string[] environment = [.. new Sample(source, IsNative: false).Launch.Environment.Select(System.Text.Encoding.UTF8.GetString)];
            string folder = Path.GetDirectoryName(source)!;
            ScriptReply reply = await RunAsync(program, [source, "/tmp/x", "y"], source, "/tmp/x+y", folder, environment);
            Assert.Equal("Arguments: \n", reply.Body);
            reply = await RunAsync(program, [source, "y"], "/bin/sh", "x", folder, environment);
            Assert.Equal("Arguments: y\n", reply.Body);
            Assert.Equal(400, (await RunAsync(program, [source, "y"], "/bin/sh", "y", folder, environment)).Status);
            LaunchResult own = await LaunchAsync(program, [source], program, source, folder, environment);
            Assert.Equal((64, ""), (own.ExitCode, own.OutputText));
        }
        finally
        {
            File.Delete(source);
        }
    }

    private static async Task<ScriptReply> RunAsync(string program, string[] arguments, string script, string query, string? folder = null,
        params string[] environment) =>
        new Received((await LaunchAsync(program, arguments, script, query, folder, environment)).Output, false).Reply;

    private static Task<LaunchResult> LaunchAsync(string program, string[] arguments, string script, string query, string? folder,
        string[] environment) =>
        Launcher.RunAsync(new Launch { Program = program, Arguments = arguments, Folder = folder }.WithEnvironment(
        [
            .. environment, "GATEWAY_INTERFACE=CGI/1.1", "REQUEST_METHOD=GET", "SERVER_PROTOCOL=HTTP/1.1", "SCRIPT_NAME=/app",
            $"QUERY_STRING={query}", $"SCRIPT_FILENAME={script}",
        ]));
}

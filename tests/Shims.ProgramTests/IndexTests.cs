namespace Shims.ProgramTests;

/// <summary>Files that respond for their directory: <c>--index</c>.</summary>
public sealed class IndexTests : ProgramTest
{
    private static readonly string[] s_index = ["--index", "index.php,index.cgi"];

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_directory_is_answered_by_its_index_file(RunModeUnderTest mode)
    {
        Folder.Shell(Tell, "sub/index.cgi");
        Response answer = await Gateway(mode).AskAsync(For("GET", "/sub/"));
        Assert.True(answer.Body == $"/sub/index.cgi||{Folder.PathTo("sub/index.cgi")}|/sub/?a=b", answer.ToString());
        Assert.Empty(answer.Log);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task TARGET_itself_has_an_index_file_too(RunModeUnderTest mode)
    {
        Folder.Shell(Tell, "index.cgi");
        Response answer = await Gateway(mode).AskAsync(For("GET", "/"));
        Assert.True(answer.Body == $"/index.cgi||{Folder.PathTo("index.cgi")}|/?a=b", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Of_several_index_files_the_first_of_the_option_is_taken(RunModeUnderTest mode)
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\nsecond'", "index.cgi");
        Folder.Shell("printf 'Content-Type: text/plain\\n\\nfirst'", "index.php");
        Response answer = await Gateway(mode).AskAsync(For("GET", "/"));
        Assert.True(answer.Body == "first", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_URL_without_the_slash_is_redirected_and_keeps_its_query(RunModeUnderTest mode)
    {
        Folder.Shell(Tell, "a b/index.cgi");
        RequestVariables variables = For("GET", "/a b").With("REQUEST_URI", "/a%20b?x=%2F&y=\"z\"").With("QUERY_STRING", "x=%2F&y=\"z\"");
        Response answer = await Gateway(mode).AskAsync(variables);
        Assert.True(answer.Status == 301, answer.ToString());
        Assert.Equal("/a%20b/?x=%2F&y=%22z%22", answer.Header("Location"));
        Assert.Empty(answer.Log);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task The_redirect_of_a_HEAD_has_no_body_and_that_of_a_POST_keeps_the_method(RunModeUnderTest mode)
    {
        Folder.Shell(Tell, "sub/index.cgi");
        Response head = await Gateway(mode).AskAsync(For("HEAD", "/sub"));
        Assert.True(head is { Status: 301, Body: "" } && head.Header("Location") == "/sub/?a=b", head.ToString());
        Response post = await Gateway(mode).AskAsync(For("POST", "/sub"), new byte[100_000]);
        Assert.True(post is { Status: 308, BrokeOff: false } && post.Header("Location") == "/sub/?a=b", post.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_POST_to_a_directory_reaches_its_index_file_with_its_body(RunModeUnderTest mode)
    {
        Folder.EchoScript("sub/index.cgi");
        Response answer = await Gateway(mode).AskAsync(For("POST", "/sub/"), "the body"u8.ToArray());
        Assert.True(answer.Body == "the body", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_redirect_never_leads_to_another_host(RunModeUnderTest mode)
    {
        Folder.Shell(Tell, "example.org/index.cgi");
        foreach (string uri in (string[])["//example.org", "///example.org", "/\\example.org"])
        {
            Response answer = await Gateway(mode).AskAsync(For("GET", "/example.org").With("REQUEST_URI", uri).With("SCRIPT_NAME", uri));
            string location = answer.Header("Location") ?? "";
            Assert.True(answer.Status == 200 || (location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal) && !location.Contains('\\', StringComparison.Ordinal)), answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task After_a_rewrite_the_index_file_answers_without_a_redirect(RunModeUnderTest mode)
    {
        Folder.Shell(Tell, "sub/index.cgi");
        Response answer = await Gateway(mode).AskAsync(For("GET", "/sub").With("REQUEST_URI", "/nice?a=b"));
        Assert.True(answer.Body == $"/sub/index.cgi||{Folder.PathTo("sub/index.cgi")}|/nice?a=b", answer.ToString());
        answer = await Gateway(mode).AskAsync(For("GET", "/sub").With("REQUEST_URI", "/sub/?a=b"));
        Assert.True(answer.Status == 200, answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Without_SCRIPT_FILENAME_and_REQUEST_URI_a_directory_is_found_by_the_other_variables(RunModeUnderTest mode)
    {
        Folder.Shell(Tell, "sub/index.cgi");
        RequestVariables variables = For("GET", "/sub/").Without("SCRIPT_FILENAME").Without("REQUEST_URI").With("SCRIPT_NAME", "").With("PATH_INFO", "/sub/");
        Response answer = await Gateway(mode).AskAsync(variables);
        Assert.True(answer.Body.StartsWith("/sub/index.cgi||", StringComparison.Ordinal), answer.ToString());
        answer = await Gateway(mode).AskAsync(variables.With("PATH_INFO", "/sub"));
        Assert.True(answer.Status == 301 && answer.Header("Location") == "/sub/?a=b", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_directory_without_an_index_file_is_refused_as_before(RunModeUnderTest mode)
    {
        Folder.MakeFolder("sub/index.php");
        Response answer = await Gateway(mode).AskAsync(For("GET", "/sub/"));
        Assert.True(answer.Status == 403 && answer.Log.Contains("leads to a directory", StringComparison.Ordinal), answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_PHP_folder_needs_two_options(RunModeUnderTest mode)
    {
        Requires.Tools("php-cgi");
        Folder.Write("blog/index.php", "<?php echo $_SERVER['SCRIPT_NAME'], ' ', $_SERVER['PHP_SELF'], ' ', __DIR__;");
        Response answer = await new Invocation(mode, Folder.Target) { Options = ["--interpreter", ".php=/usr/bin/php-cgi", "--allow-writable", .. s_index] }.AskAsync(For("GET", "/blog/"));
        Assert.True(answer.Body == $"/blog/index.php /blog/index.php {Folder.PathTo("blog")}", answer.ToString());
    }

    [Theory, InlineData("a/b"), InlineData(""), InlineData(".."), InlineData("index.php,,index.cgi"), InlineData("../index.php")]
    public async Task An_index_that_is_not_a_name_is_refused(string value)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.ScgiRun, Arguments = ["--index", value, Folder.Target] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("write for example --index index.php,index.cgi", result.ErrorText, StringComparison.Ordinal);
    }

    private const string Tell = "printf 'Content-Type: text/plain\\n\\n%s' \"$SCRIPT_NAME|$PATH_INFO|$SCRIPT_FILENAME|$REQUEST_URI\"";

    private Invocation Gateway(RunModeUnderTest mode) => new(mode, Folder.Target) { Options = s_index };

    /// <summary>What nginx sends for a path below TARGET, without a split.</summary>
    private RequestVariables For(string method, string path) =>
        RequestVariables.For(method, Folder.Target.TrimEnd('/') + path, query: "a=b").With("SCRIPT_NAME", path).With("REQUEST_URI", path + "?a=b");
}

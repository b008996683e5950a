namespace Shims.ProgramTests;

/// <summary>Which script a request means, whether it may run, and what is said when it may not or cannot.</summary>
public sealed class ResolutionTests : ProgramTest
{
    private const uint Nobody = 65534;

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task One_script_serves_every_request_whatever_path_the_server_sends(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nthe one'");
        foreach (string path in (string[])[script, "/nonexistent", ""])
        {
            Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", path));
            Assert.True(answer.Body == "the one", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task In_a_directory_the_script_is_found_by_SCRIPT_FILENAME(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$SCRIPT_NAME|$PATH_INFO\"", "sub/hello.cgi");
        RequestVariables variables = RequestVariables.For("GET", script).Without("PATH_INFO").With("SCRIPT_NAME", "/sub/hello.cgi");
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(variables);
        Assert.True(answer.Body == "/sub/hello.cgi|", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task The_path_after_the_script_in_SCRIPT_FILENAME_becomes_PATH_INFO(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$PATH_INFO\"", "hello.cgi");
        RequestVariables variables = RequestVariables.For("GET", script).Without("PATH_INFO").With("SCRIPT_FILENAME", script + "/extra/path").With("SCRIPT_NAME", "/hello.cgi/extra/path");
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(variables);
        Assert.True(answer.Body == "/extra/path", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes)), Trait("fault", "A04")]
    public async Task A_request_that_leads_to_a_directory_is_refused_with_what_the_web_server_sent(RunModeUnderTest mode)
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\n'", "sub/hello.cgi");
        string directory = Folder.Target + "sub";
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(RequestVariables.For("GET", directory).With("SCRIPT_NAME", "/cgi-bin/sub").With("PATH_INFO", $"/hello.cgi/{new string('x', 300)}\x1b"));
        AssertRefused(answer, 403);
        Assert.Contains($"(the web server sent SCRIPT_FILENAME={directory}, SCRIPT_NAME=/cgi-bin/sub, PATH_INFO=/hello.cgi/xxx", answer.Log, StringComparison.Ordinal);
        Assert.Contains("xxx...)", answer.Log, StringComparison.Ordinal);
        Assert.Contains("SCRIPT_FILENAME /srv$uri", answer.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proxy:fcgi://127.0.0.1:9000")]
    [InlineData("proxy:scgi://127.0.0.1:9000")]
    [InlineData("proxy:fcgi://localhost/")]
    public async Task The_prefix_that_Apache_puts_before_SCRIPT_FILENAME_is_undone(string prefix)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$SCRIPT_FILENAME\"", "hello.cgi");
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.FastCgi])
        {
            Response answer = await new Invocation(mode, Folder.Target).AskAsync(RequestVariables.For("GET", script).With("SCRIPT_FILENAME", prefix + script));
            Assert.True(answer.Body == script, answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Without_SCRIPT_FILENAME_the_script_is_found_by_DOCUMENT_ROOT_and_SCRIPT_NAME(RunModeUnderTest mode)
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\nfound'", "hello.cgi");
        RequestVariables variables = RequestVariables.For("GET", "/hello.cgi").Without("SCRIPT_FILENAME").With("SCRIPT_NAME", "/hello.cgi").With("DOCUMENT_ROOT", Folder.Target.TrimEnd('/'));
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(variables);
        Assert.True(answer.Body == "found", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Without_both_the_script_is_found_by_its_name_under_the_directory(RunModeUnderTest mode)
    {
        Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' \"$SCRIPT_NAME|$PATH_INFO\"", "sub/hello.cgi");
        RequestVariables variables = RequestVariables.For("GET", "/hello.cgi").Without("SCRIPT_FILENAME").With("SCRIPT_NAME", "/sub").With("PATH_INFO", "/hello.cgi/more");
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(variables);
        Assert.True(answer.Body == "/sub/hello.cgi|/more", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_request_that_names_no_script_at_all_is_refused_with_the_name_of_the_missing_variable(RunModeUnderTest mode)
    {
        Folder.MarkingScript();
        RequestVariables variables = RequestVariables.For("GET", "/").Without("SCRIPT_FILENAME").Without("SCRIPT_NAME").Without("PATH_INFO").Without("REQUEST_URI");
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(variables);
        AssertRefused(answer, answer.Status == 400 ? 400 : 404);
        Assert.Contains("SCRIPT_FILENAME", answer.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_that_does_not_exist_gets_a_404(RunModeUnderTest mode)
    {
        Folder.MarkingScript();
        AssertRefused(await new Invocation(mode, Folder.Target).AskAsync(RequestVariables.For("GET", Folder.PathTo("missing.cgi"))), 404);
        AssertRefused(await new Invocation(mode, Folder.Target).AskAsync(RequestVariables.For("GET", Folder.PathTo("missing.cgi/script.cgi"))), 404);
        AssertRefused(await new Invocation(mode, Folder.PathTo("missing.cgi")).AskAsync(RequestVariables.For("GET", "/")), 404);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_directory_is_not_a_script(RunModeUnderTest mode)
    {
        Folder.MakeFolder("sub");
        Folder.MarkingScript("sub/index.cgi");
        foreach (string path in (string[])["sub", "sub/", "", "."])
        {
            Response answer = await new Invocation(mode, Folder.Target).AskAsync(RequestVariables.For("GET", Folder.PathTo(path)));
            AssertRefused(answer, answer.Status == 403 ? 403 : 404);
        }
        Response asTarget = await new Invocation(mode, Folder.PathTo("sub")).AskAsync(RequestVariables.For("GET", "/"));
        AssertRefused(asTarget, asTarget.Status == 403 ? 403 : 404);
        Assert.Contains("directory", asTarget.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Dots_do_not_lead_out_of_the_directory(RunModeUnderTest mode)
    {
        Folder.MakeFolder("cgi/sub");
        Folder.MarkingScript("outside.cgi");
        string target = Folder.PathTo("cgi/");
        var invocation = new Invocation(mode, target);
        foreach (string path in (string[])["../outside.cgi", "sub/../../outside.cgi", "./../outside.cgi", "sub/.././../outside.cgi", "/../outside.cgi", "%2e%2e/outside.cgi"])
        {
            Response answer = await invocation.AskAsync(RequestVariables.For("GET", target + path));
            AssertRefused(answer, path[0] == '%' ? 404 : 403);
            answer = await invocation.AskAsync(RequestVariables.For("GET", "/x").Without("SCRIPT_FILENAME").With("SCRIPT_NAME", "/" + path).With("DOCUMENT_ROOT", target.TrimEnd('/')));
            AssertRefused(answer, path[0] == '%' ? 404 : 403);
            answer = await invocation.AskAsync(RequestVariables.For("GET", "/x").Without("SCRIPT_FILENAME").With("SCRIPT_NAME", "/" + path));
            AssertRefused(answer, path[0] == '%' ? 404 : 403);
            answer = await invocation.AskAsync(RequestVariables.For("GET", "/x").Without("SCRIPT_FILENAME").With("SCRIPT_NAME", "").With("PATH_INFO", "/" + path));
            AssertRefused(answer, path[0] == '%' ? 404 : 403);
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_directory_whose_name_begins_like_the_target_is_not_in_it(RunModeUnderTest mode)
    {
        Folder.MakeFolder("dir");
        string evil = Folder.MarkingScript("dir-evil/x.cgi");
        AssertRefused(await new Invocation(mode, Folder.PathTo("dir/")).AskAsync(RequestVariables.For("GET", evil)), 403);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_path_outside_the_directory_is_refused(RunModeUnderTest mode)
    {
        Folder.MakeFolder("cgi");
        AssertRefused(await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", "/bin/ls")), 403);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_link_that_leaves_the_directory_is_followed_if_its_owner_owns_the_target_too(RunModeUnderTest mode)
    {
        string outside = Folder.Shell("printf 'Content-Type: text/plain\\n\\nlinked'", "outside.cgi");
        string link = Link(outside, "cgi/link.cgi");
        if (Environment.IsPrivilegedProcess)
        {
            Ownership.Give(outside, Nobody);
            Ownership.Give(link, Nobody);
        }
        Response answer = await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", link));
        Assert.True(answer.Body == "linked", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_link_that_leaves_the_directory_is_followed_if_root_owns_it(RunModeUnderTest mode)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to give files away");
        string outside = Folder.Shell("printf 'Content-Type: text/plain\\n\\nlinked'", "outside.cgi");
        string link = Link(outside, "cgi/link.cgi");
        Ownership.Give(outside, Nobody);
        Response answer = await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", link));
        Assert.True(answer.Body == "linked", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_link_of_another_user_that_leaves_the_directory_is_refused(RunModeUnderTest mode)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to give files away");
        string outside = Folder.MarkingScript("outside.cgi");
        string link = Link(outside, "cgi/link.cgi");
        Ownership.Give(outside, Nobody);
        Ownership.Give(link);
        AssertRefused(await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", link)), 403);

        Directory.CreateSymbolicLink(Folder.PathTo("cgi/folder"), Folder.MakeFolder("elsewhere"));
        Folder.MarkingScript("elsewhere/x.cgi");
        Ownership.Give(Folder.PathTo("cgi/folder"));
        AssertRefused(await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", Folder.PathTo("cgi/folder/x.cgi"))), 403);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_link_within_the_directory_is_followed(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nlinked'", "cgi/real.cgi");
        Response answer = await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", Link(script, "cgi/link.cgi")));
        Assert.True(answer.Body == "linked", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_link_in_a_circle_gets_a_4xx(RunModeUnderTest mode)
    {
        Folder.MakeFolder("cgi");
        File.CreateSymbolicLink(Folder.PathTo("cgi/a.cgi"), "b.cgi");
        File.CreateSymbolicLink(Folder.PathTo("cgi/b.cgi"), "a.cgi");
        Response answer = await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", Folder.PathTo("cgi/a.cgi")));
        AssertRefused(answer, answer.Status == 403 ? 403 : 404);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_directory_given_through_a_link_is_the_directory(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'", "cgi/x.cgi");
        string link = Folder.PathTo("link");
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(script)!);
        foreach (string path in (string[])[link + "/x.cgi", script])
        {
            Response answer = await new Invocation(mode, link + "/").AskAsync(RequestVariables.For("GET", path));
            Assert.True(answer.Body == "served", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_that_is_not_executable_gets_a_403_and_the_log_says_how_to_cure_it(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (string target in (string[])[script, Folder.Target])
        {
            Response answer = await new Invocation(mode, target).AskAsync(RequestVariables.For("GET", script));
            AssertRefused(answer, 403);
            Assert.Contains($"cannot run {script}: it is not executable: chmod +x {script}", answer.Log, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_missing_interpreter_gets_a_500_and_the_log_names_it(RunModeUnderTest mode)
    {
        string script = Folder.Script("script.cgi", "#!/usr/bin/perl5-of-old -w\nprint 1;\n");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        AssertRefused(answer, 500);
        Assert.Contains($"cannot run {script}: line 1 names /usr/bin/perl5-of-old, which does not exist", answer.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task An_interpreter_that_env_cannot_find_gets_a_500_and_the_log_names_it(RunModeUnderTest mode)
    {
        string script = Folder.Script("script.cgi", "#!/usr/bin/env perl5-of-old\nprint 1;\n");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        AssertRefused(answer, 500);
        Assert.Contains("perl5-of-old", string.Join('\n', answer.LogLines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Windows_line_endings_in_line_1_get_a_500_and_the_log_says_how_to_cure_them(RunModeUnderTest mode)
    {
        string script = Folder.Script("script.cgi", "#!/bin/sh\r\necho\r\n");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        AssertRefused(answer, 500);
        Assert.Contains("line 1 ends in CR (saved with Windows line endings): run dos2unix", answer.Log, StringComparison.Ordinal);

        script = Folder.Script("env.cgi", "#!/usr/bin/env sh\r\necho\r\n");
        answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        AssertRefused(answer, 500);
        Assert.Contains("line 1 ends in CR", answer.Log, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_without_an_interpreter_line_gets_a_500_and_the_log_says_what_is_missing(RunModeUnderTest mode)
    {
        string script = Folder.Script("script.cgi", $"echo ran >{Folder.PathTo("ran")}\n");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script));
        AssertRefused(answer, 500);
        Assert.Contains("#!", answer.Log, StringComparison.Ordinal);

        script = Folder.Script("empty.cgi", "");
        AssertRefused(await new Invocation(mode, script).AskAsync(RequestVariables.For("GET", script)), 500);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_path_of_ten_thousand_segments_is_answered(RunModeUnderTest mode)
    {
        Folder.MarkingScript();
        foreach (string segment in (string[])["/a", "/.", "/..", "/"])
        {
            RequestVariables variables = RequestVariables.For("GET", "/x").With("SCRIPT_FILENAME", Folder.Target + string.Concat(Enumerable.Repeat(segment, 10_000)));
            Response answer = await new Invocation(mode, Folder.Target).AskAsync(variables);
            Assert.InRange(answer.Status, 400, 499);
            Assert.False(Folder.HasRun);
        }
    }

    [Fact]
    public async Task A_NUL_in_a_path_reaches_no_script()
    {
        const RunModeUnderTest mode = RunModeUnderTest.FastCgi; // SCGI cannot say it
        string script = Folder.MarkingScript();
        Response answer = await new Invocation(mode, Folder.Target).AskAsync(RequestVariables.For("GET", script).With("SCRIPT_FILENAME", script + "\0.jpg"));
        AssertRefused(answer, 400);
    }

    private void AssertRefused(Response answer, int status)
    {
        Assert.True(answer.Status == status, answer.ToString());
        Assert.False(answer.BrokeOff, answer.ToString());
        Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal(answer.Reply.BodyBytes.Length, int.Parse(answer.Header("Content-Length")!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Matches("Request id: [0-9a-z]{8}\\s*$", answer.Body);
        Assert.True(answer.LogLines.Count == 1, answer.ToString());
        string id = answer.Body.Split("Request id: ")[1].Trim();
        Assert.Contains($" {id}: ", answer.LogLines[0], StringComparison.Ordinal);
        Assert.True(answer.ExitCode is 0 or 76, answer.ToString());
        Assert.False(Folder.HasRun);
    }

    private string Link(string to, string from)
    {
        string path = Folder.PathTo(from);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.CreateSymbolicLink(path, to).FullName;
    }
}

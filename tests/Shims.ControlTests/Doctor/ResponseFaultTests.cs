using Shims.Control.Doctor;
using Shims.Control.Doctor.Scripts;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Doctor says of a response what is so: the fault with its own text, and of a good response that it is good.</summary>
public sealed class ResponseFaultTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    [Theory, Trait("fault", "F04")]
    [InlineData(@"Status: 404: Not Found\nContent-Type: text/plain\n\nbody\n", "its Status is not a number from 200 to 999 and words: \"Status: 404: Not Found\"", "write Status: 404 Not Found")]
    [InlineData(@"Status: Not Found\nContent-Type: text/plain\n\nbody\n", "its Status is not a number from 200 to 999 and words: \"Status: Not Found\"", "write for example Status: 404 Not Found")]
    [InlineData(@"Status: HTTP/1.1 503\nContent-Type: text/plain\n\nbody\n", "its Status is not a number from 200 to 999 and words: \"Status: HTTP/1.1 503\"", "write Status: 503")]
    [InlineData(@"Content-Length: 5\nContent-Length: 7\nContent-Type: text/plain\n\nbody\n", "it writes Content-Length twice, with different values: 5 and 7", "write it once, with the number of bytes of the body, or not at all")]
    [InlineData(@"Content-Length: 5 bytes\nContent-Type: text/plain\n\nbody\n", "its Content-Length is not a number: \"5 bytes\"", "write the number of bytes of the body, or leave it out")]
    [InlineData(@"Content-Type: text/plain\r\rbody\r", @"its lines end with CR alone (\r)", @"end each line of the header with LF (\n), or with CR LF (\r\n)")]
    [InlineData(@"\n\nContent-Type: text/plain\n\nbody\n", "it writes an empty line before its header, which ends the header", "write the header first, then an empty line, then the body")]
    public void A_refused_header_is_quoted_and_its_own_cause_is_named(string output, string cause, string advice)
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Script("x.cgi", Examined.Printing(output)));
        Assert.Equal((Severity.Error, cause, advice), (finding.Severity, finding.Cause, finding.Advice));
    }

    [Theory, Trait("fault", "F05")]
    [InlineData("x.cgi", "#!/bin/sh\nprintf '\\357\\273\\277Content-Type: text/plain\\n\\nbody\\n'\n", "its output begins with a byte order mark (BOM), before \"Content-Type: text/plain\"", false)]
    [InlineData("x.cgi", "#!/bin/sh\necho '\uFEFFContent-Type: text/plain'\necho\necho body\n", "its output begins with a byte order mark (BOM), before \"Content-Type: text/plain\"", true)]
    [InlineData("x.cgi", "#!/bin/sh\nprintf 'Content-Type : text/plain\\n\\nbody\\n'\n", "a header has a blank before the colon (RFC 9112, section 5.1): \"Content-Type : text/plain\"", true)]
    [InlineData("x.cgi", "#!/bin/sh\ncat <<E\n  Content-Type: text/plain\n\nbody\nE\n", "a header has a blank before the name (RFC 9112, section 5.1): \"  Content-Type: text/plain\"", true)]
    public async Task A_line_that_is_almost_a_header_is_corrected_and_no_second_header_is_written(string name, string source, string cause, bool hasFix)
    {
        using var examined = new Examined(programs);
        string script = examined.Script(name, source);
        Finding finding = examined.The(script);
        Assert.Equal((Severity.Error, cause, hasFix), (finding.Severity, finding.Cause, finding.Command is not null));
        if (!hasFix)
            return;
        await Command.RunAsync("/bin/sh", ["-c", finding.Command!]);
        Finding after = examined.The(script);
        Assert.StartsWith("responds with 200 text/plain, 5 bytes", after.Cause, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "F06")]
    [InlineData("2", "the body has 5 bytes, but Content-Length announces 2: visitors get the first 2", "count bytes and not characters, or leave Content-Length out")]
    [InlineData("9", "the body has 5 bytes, but Content-Length announces 9", "look for a script that died half-way")]
    public void A_wrong_ContentLength_is_an_error_in_both_directions(string length, string cause, string advice)
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Script("x.cgi", Examined.Printing($@"Content-Type: text/plain\nContent-Length: {length}\n\nbody\n")));
        Assert.Equal((Severity.Error, cause, advice), (finding.Severity, finding.Cause, finding.Advice));
    }

    [Theory, Trait("fault", "F17")]
    [InlineData("text/event-stream", "sleep 600")]
    [InlineData("multipart/x-mixed-replace; boundary=x", "sleep 600")]
    [InlineData("text/plain", "while :; do echo more; sleep .05; done")]
    public void A_page_that_goes_on_is_not_slow(string type, string then)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { Patience = TimeSpan.FromSeconds(4) };
        Finding finding = examined.The(examined.Script("x.cgi", $"#!/bin/sh\nprintf 'Content-Type: {type}\\n\\ndata: x\\n\\n'\n{then}\n"));
        Assert.Equal(Severity.Good, finding.Severity);
        Assert.Matches($"^responds with 200 {System.Text.RegularExpressions.Regex.Escape(type)}; its page goes on: [0-9]+ bytes in [0-9.]+ s$", finding.Cause);
    }

    [Theory, Trait("fault", "F17")]
    [InlineData("sleep 600", "it has not responded within 4 s"), InlineData("printf 'Content-Type: text/event-stream\\n\\n'; sleep 600", "it has not finished its response within 4 s")]
    public void A_script_that_hangs_before_its_page_is_too_slow(string source, string cause)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { Patience = TimeSpan.FromSeconds(4) };
        Finding finding = examined.LookAt(examined.Script("x.cgi", $"#!/bin/sh\n{source}\n"))[0];
        Assert.Equal((Severity.Error, cause), (finding.Severity, finding.Cause));
    }

    [Fact, Trait("fault", "F25")]
    public void Chunks_that_a_script_writes_itself_are_an_error()
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Script("x.cgi", Examined.Printing(@"Content-Type: text/plain\nTransfer-Encoding: chunked\n\n4\r\nbody\r\n0\r\n\r\n")));
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.StartsWith("it writes Transfer-Encoding: chunked, which is the web server's to write (RFC 3875, section 6.3.4)", finding.Cause, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "A10")]
    [InlineData(@"Content-Type: text/plain\n\n", Severity.Warning, "it responds with 200 and an empty page")]
    [InlineData(@"Status: 204 No Content\n\n", Severity.Good, "responds with 204, 0 bytes, in ")]
    [InlineData(@"Status: 404 Not Found\nContent-Type: text/plain\n\nno\n", Severity.Good, "responds with 404 text/plain, 3 bytes, in ")]
    [InlineData(@"Status: 500 No\nContent-Type: text/plain\n\nno\n", Severity.Error, "it responds with 500 itself")]
    [InlineData(@"Status: 302 Found\nLocation: http://a.test/\n\n", Severity.Good, "responds with 302, 0 bytes, in ")]
    public void A_page_is_judged_by_its_status_and_by_whether_there_is_one(string output, Severity severity, string cause)
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Script("x.cgi", Examined.Printing(output)));
        Assert.Equal(severity, finding.Severity);
        Assert.StartsWith(cause, finding.Cause, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "friction 7"), InlineData("<html><p>the parameter is missing</html>\n", Severity.Good), InlineData("<html><p>half", Severity.Error)]
    public void An_exit_status_after_a_page_is_an_error_unless_the_page_has_its_end(string page, Severity severity)
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Script("x.cgi", $"#!/bin/sh\ncat <<'E'\nContent-Type: text/html\n\n{page}\nE\nexit 255\n"));
        Assert.Equal(severity, finding.Severity);
        Assert.Contains("ends with exit status 255", finding.Cause, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "A10")]
    public void Warnings_of_a_script_that_works_are_told_and_are_no_fault()
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Script("x.cgi", "#!/bin/sh\necho 'CGI::param called in list context from x.cgi line 9' >&2\n" + Examined.Printing(@"Content-Type: text/plain\n\nbody\n")[10..]));
        Assert.Equal(Severity.Good, finding.Severity);
        Assert.EndsWith("; standard error: CGI::param called in list context from x.cgi line 9", finding.Cause, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "A10")]
    [InlineData("lua: x.lua:3: module 'cjson' not found\nstack traceback:\n\t[C]: in function 'require'\n\tx.lua:3: in main chunk\n\t[C]: ?\n", "lua: x.lua:3: module 'cjson' not found")]
    [InlineData("Traceback (most recent call last):\n  File \"x.py\", line 1, in <module>\n    f()\nValueError: too small\n", "ValueError: too small")]
    [InlineData("x.rb:2:in `f': too small (ArgumentError)\n\tfrom x.rb:5:in `<main>'\n", "x.rb:2:in `f': too small (ArgumentError)")]
    [InlineData("/x.js:2\n  throw new Error('no');\n  ^\n\nError: no\n    at f (/x.js:2:9)\n    at node:internal/main:1:1\n\nNode.js v18\n", "Error: no")]
    [InlineData("first\nthe reason\n</body></html>\n", "the reason")]
    [InlineData("PHP Fatal error:  Uncaught Error: no in /x.php:2\nStack trace:\n#0 {main}\n  thrown in /x.php on line 2\n", "PHP Fatal error:  Uncaught Error: no in /x.php:2")]
    public void The_line_with_the_reason_is_quoted_from_standard_error(string said, string quoted) => Assert.Equal(quoted, StderrDiagnosis.Quote(said));

    [Fact, Trait("fault", "A10")]
    public void A_silent_script_comes_with_the_whole_command_that_runs_it_in_a_terminal()
    {
        using var examined = new Examined(programs);
        string script = examined.Script("x.cgi", "#!/bin/sh\n:\n");
        Finding finding = examined.LookAt(script)[0];
        Assert.Equal("it ended without writing anything", finding.Cause);
        Assert.Contains($"runuser -u nobody -- shimctl request -v --to 'exec:{examined.Settings.Gateway[0]} --stderr inherit {script}' /", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_WSGI_application_without_python3_on_its_PATH_is_told_so()
    {
        using var examined = new Examined(programs);
        string page = examined.Write("a.wsgi", "def application(environ, start_response):\n    pass\n");
        examined.Settings = examined.Settings with { MayRun = false, Gateway = ["scgi-run", "--env", $"PATH={examined.Folder}", "--interpreter", ".wsgi=/usr/local/libexec/wsgi-run"] };
        Finding finding = Assert.Single(examined.LookAt(page), finding => finding.Cause.StartsWith("wsgi-run needs python3", StringComparison.Ordinal));
        Assert.Equal($"wsgi-run needs python3, which is not on the PATH that scripts get: {examined.Folder}", finding.Cause);
        Assert.Equal(finding.Cause, WsgiDiagnosis.ExplainEnd(new ScriptCase(page, examined.Settings), Shims.Posix.ExitStatus.OfCode(127))?.Cause);
        Assert.Null(WsgiDiagnosis.ExplainEnd(new ScriptCase(page, examined.Settings), Shims.Posix.ExitStatus.OfCode(1)));
    }

    [Fact]
    public void A_module_that_a_WSGI_application_lacks_is_installed_where_the_PATH_leads()
    {
        using var examined = new Examined(programs);
        string page = examined.Write("a.wsgi", "application = 1\n");
        examined.Settings = examined.Settings with { Gateway = ["scgi-run", "--env", "PATH=/usr/bin:/bin", "--interpreter", ".wsgi=/usr/local/libexec/wsgi-run"] };
        Finding? finding = StderrDiagnosis.Explain(new ScriptCase(page, examined.Settings), "ModuleNotFoundError: No module named 'no_such_module'\n");
        Assert.Equal("install it into a virtual environment: python3 -m venv /srv/venv && /srv/venv/bin/pip install no_such_module; and write before TARGET: --env PATH=/srv/venv/bin:/usr/local/bin:/usr/bin:/bin", finding?.Advice);
    }

    [Fact]
    public void A_line_of_the_gateway_that_leads_to_doctor_is_told_by_doctor_without_that()
    {
        using var examined = new Examined(programs);
        string script = examined.Script("x.cgi", "#!/bin/sh\n");
        Finding? finding = StderrDiagnosis.Explain(new ScriptCase(script, examined.Settings),
            $"scgi-run[1]: 0a1b: {script} ended with exit status 3, so its response may be incomplete: see what it wrote to standard error, or run shimctl doctor {script}; request: /x\n");
        Assert.Equal($"{script} ended with exit status 3, so its response may be incomplete", finding?.Cause);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_POST_is_sent_only_if_that_is_asked_for(bool posts)
    {
        using var examined = new Examined(programs);
        string told = examined.Write("told", "");
        Examined.Chmod(told, "666");
        examined.Settings = examined.Settings with { AlsoPosts = posts };
        Finding[] findings = examined.LookAt(examined.Script("x.cgi", $"#!/bin/sh\necho $REQUEST_METHOD >> {told}\n" + Examined.Printing(@"Content-Type: text/plain\n\nbody\n")[10..]));
        Assert.Equal(posts ? ["GET", "POST"] : ["GET"], File.ReadAllLines(told));
        Assert.Equal(posts ? 2 : 1, findings.Length);
        Assert.Equal(posts, findings[^1].Cause.StartsWith("POST: responds with 200 text/plain, 5 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Scripts_of_a_folder_are_asked_side_by_side_and_each_once()
    {
        using var examined = new Examined(programs);
        const int count = 12;
        Examined.Chmod(examined.Folder, "777");
        Directory.CreateDirectory(examined.PathTo("here"));
        Examined.Chmod(examined.PathTo("here"), "777");
        // Each waits until all of them have been started.
        for (int i = 0; i < count; i++)
            examined.Script($"site/{i:00}.cgi", $"#!/bin/sh\necho x >> {examined.PathTo("here")}/{i}\nuntil [ $(ls {examined.PathTo("here")} | wc -l) = {count} ]; do sleep .05; done\n" + Examined.Printing(@"Content-Type: text/plain\n\nbody\n")[10..]);
        Finding[] findings = examined.LookAt(examined.PathTo("site"));
        Assert.Equal(Enumerable.Range(0, count).Select(i => examined.PathTo($"site/{i:00}.cgi")), findings.Select(finding => finding.Subject));
        Assert.All(findings, finding => Assert.Equal(Severity.Good, finding.Severity));
        Assert.All(Directory.GetFiles(examined.PathTo("here")), file => Assert.Single(File.ReadAllLines(file)));
    }
}

namespace Shims.ProgramTests;

/// <summary>wsgi-run by itself: what becomes of a request and of an application's response.</summary>
public sealed class WsgiRunTests : ProgramTest
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task An_application_gets_the_variables_as_PEP_3333_wants_them()
    {
        string file = Application("""
            def application(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain")])
                keys = ["SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "wsgi.url_scheme", "wsgi.version", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"]
                return ["|".join(repr(environ[key]) for key in keys).encode()]
            """);
        LaunchResult result = await RunAsync(file, "", "SCRIPT_NAME=/shop", "PATH_INFO=/Grüße", "QUERY_STRING=a=%C3%BC", "HTTPS=on");
        Assert.EndsWith(@"'/shop'|'/GrÃ¼Ã\x9fe'|'a=%C3%BC'|'https'|(1, 0)|False|True|True", result.OutputText, StringComparison.Ordinal);
        Assert.Equal("", result.ErrorText);
    }

    [Fact]
    public async Task The_body_ends_where_its_length_says()
    {
        string file = Application("""
            def application(environ, start_response):
                start_response("200 OK", [])
                stream = environ["wsgi.input"]
                return [repr([stream.readline(), stream.read(3), stream.read(), stream.read()]).encode()]
            """);
        LaunchResult result = await RunAsync(file, "line\nabcdefgh and more", "CONTENT_LENGTH=12");
        Assert.EndsWith(@"[b'line\n', b'abc', b'defg', b'']", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_printed_goes_to_the_log_and_not_into_the_page()
    {
        string file = Application("""
            import os, subprocess, sys
            print("at start")
            def application(environ, start_response):
                print("in print")
                sys.stdout.write("in write\n")
                os.write(1, b"in descriptor\n")
                subprocess.run(["/bin/echo", "in child"])
                print("in wsgi.errors", file=environ["wsgi.errors"])
                start_response("200 OK", [("Content-Type", "text/plain")])
                return [b"page"]
            """);
        LaunchResult result = await RunAsync(file, "");
        Assert.Equal("Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\npage", result.OutputText);
        Assert.Equal(["at start", "in child", "in descriptor", "in print", "in write", "in wsgi.errors"], result.ErrorText.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_response_in_parts_goes_out_part_by_part_and_is_closed()
    {
        string file = Application("""
            class Parts:
                def __iter__(self):
                    yield b""
                    yield b"one "
                    yield b"two"
                def close(self):
                    print("closed")
            def application(environ, start_response):
                write = start_response("200 OK", [("X-Test", "1")])
                write(b"zero ")
                return Parts()
            """);
        LaunchResult result = await RunAsync(file, "");
        Assert.Equal("Status: 200 OK\r\nX-Test: 1\r\n\r\nzero one two", result.OutputText);
        Assert.Equal("closed\n", result.ErrorText);
    }

    [Fact]
    public async Task An_exception_is_in_the_log_and_on_the_page_only_if_that_is_asked_for()
    {
        string file = Application("def application(environ, start_response):\n    raise ValueError('the reason')\n");
        LaunchResult result = await RunAsync(file, "");
        Assert.StartsWith("Status: 500 Internal Server Error\r\n", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("the reason", result.OutputText, StringComparison.Ordinal);
        Assert.Contains($"File \"{file}\", line 2, in application", result.ErrorText, StringComparison.Ordinal);
        Assert.EndsWith("ValueError: the reason\n", result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("wsgi-run", result.ErrorText, StringComparison.Ordinal);
        result = await RunAsync(file, "", "WSGI_ERRORS=browser");
        Assert.EndsWith("ValueError: the reason\n", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_after_the_beginning_ends_the_page_and_the_program_with_1()
    {
        string file = Application("def application(environ, start_response):\n    start_response('200 OK', [])\n    yield b'begun'\n    raise ValueError('late')\n");
        LaunchResult result = await RunAsync(file, "", "WSGI_ERRORS=browser");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("Status: 200 OK\r\n\r\nbegun", result.OutputText);
        Assert.EndsWith("ValueError: late\n", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_an_error_handler_takes_the_place_of_one_that_has_not_gone_out()
    {
        string file = Application("""
            import sys
            def application(environ, start_response):
                start_response("200 OK", [("X-First", "1")])
                try:
                    raise KeyError("x")
                except KeyError:
                    start_response("404 Not Found", [("X-Second", "2")], sys.exc_info())
                return [b"none"]
            """);
        LaunchResult result = await RunAsync(file, "");
        Assert.Equal("Status: 404 Not Found\r\nX-Second: 2\r\nContent-Length: 4\r\n\r\nnone", result.OutputText);
    }

    /// <summary>Files that cannot answer, and the words in the log.</summary>
    public static TheoryData<string, string> Faults => new()
    {
        { "x = 1", "defines no application: write application = ... in it" },
        { "def app(environ, start_response): pass", "defines no application: write application = app in it" },
        { "def create_app(): pass", "defines no application: write application = create_app() in it" },
        { "application = 3", "cannot be called, its type is int" },
        { "async def application(scope, receive, send): pass", "application is asynchronous (ASGI)" },
        { "def application(environ, start_response): return [b'x']", "the application did not call start_response" },
        { "def application(environ, start_response):\n    start_response('200 OK', [])\n    return 'text'", "a response is made of bytes, not str" },
        { "def application(environ, start_response):\n    start_response('200 OK', [('X', 'a\\r\\nSet-Cookie: b')])\n    return [b'']", "the header X contains a line break" },
        { "def application(environ, start_response):\n    start_response('OK', [])\n    return [b'']", "a status is three digits" },
        { "def application(environ, start_response):\n    start_response('200 OK', [('Connection', 'close')])\n    return [b'']", "the header Connection is the web server's to send" },
        { "import nosuchmodule", "ModuleNotFoundError: No module named 'nosuchmodule'" },
        { "def application(:", "SyntaxError" },
        { "import sys; sys.exit('enough')", "SystemExit: enough" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task A_file_that_cannot_answer_is_a_500_with_its_reason_in_the_log(string source, string reason)
    {
        LaunchResult result = await RunAsync(Application(source), "");
        Assert.StartsWith("Status: 500 Internal Server Error\r\n", result.OutputText, StringComparison.Ordinal);
        Assert.Contains(reason, result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_py_file_is_the_module_that_its_other_modules_import()
    {
        Folder.Write("site/models.py", "import app\nname = 'of models, ' + app.early\n");
        string file = Folder.Write("site/app.py", """
            early = "of app"
            import models
            def application(environ, start_response):
                start_response("200 OK", [])
                return [f"{models.name} {__name__} {models.app.application is application}".encode()]
            """);
        LaunchResult result = await RunAsync(file, "");
        Assert.EndsWith("of models, of app app True", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wsgi_file_may_have_the_name_of_the_module_that_it_imports()
    {
        string file = Folder.Write("site/json.wsgi", """
            import json
            def application(environ, start_response):
                start_response("200 OK", [])
                return [json.dumps({"file": __file__}).encode()]
            """);
        LaunchResult result = await RunAsync(file, "");
        Assert.EndsWith($$"""{"file": "{{file}}"}""", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_was_refused_does_not_go_out_if_the_application_goes_on()
    {
        string file = Application("""
            def application(environ, start_response):
                try:
                    start_response("200 OK", [("X-Test", "a\r\nSet-Cookie: b")])
                except ValueError:
                    pass
                return [b"body"]
            """);
        LaunchResult result = await RunAsync(file, "");
        Assert.StartsWith("Status: 500 Internal Server Error\r\n", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_of_the_application_that_breaks_is_its_failure_and_not_a_visitor_who_has_left()
    {
        string file = Application("def application(environ, start_response):\n    raise BrokenPipeError('database')\n");
        LaunchResult result = await RunAsync(file, "");
        Assert.StartsWith("Status: 500 Internal Server Error\r\n", result.OutputText, StringComparison.Ordinal);
        Assert.EndsWith("BrokenPipeError: database\n", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("application.config['PROPAGATE_EXCEPTIONS'] = True", true)]
    [InlineData("application.debug = True", true)]
    public async Task Flask_shows_an_exception_of_a_view_only_if_it_lets_it_through(string setting, bool isShown)
    {
        LaunchResult found = await Launcher.RunAsync(new Launch { Program = Python, Arguments = ["-c", "import flask"] });
        Requires.That(found.ExitCode == 0, "Flask");
        string file = Application($$"""
            from flask import Flask
            application = Flask(__name__)
            {{setting}}
            @application.route("/")
            def view():
                raise ValueError("the reason")
            """);
        LaunchResult result = await RunAsync(file, "", "WSGI_ERRORS=browser", "REQUEST_METHOD=GET", "SERVER_NAME=h", "SERVER_PORT=80",
            "SERVER_PROTOCOL=HTTP/1.1", "SCRIPT_NAME=", "PATH_INFO=/");
        Assert.StartsWith("Status: 500 ", result.OutputText, StringComparison.Ordinal);
        Assert.Equal(isShown, result.OutputText.Contains("ValueError: the reason", StringComparison.Ordinal));
        Assert.Contains("ValueError: the reason", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_to_a_visitor_who_has_left_ends_without_a_traceback()
    {
        string file = Application("def application(environ, start_response):\n    start_response('200 OK', [])\n    while True:\n        yield b'x' * 65536\n");
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = "/bin/sh", Arguments = ["-c", $"{Python} {Repository.Program("wsgi-run")} {file} | head -c 100 >/dev/null"] });
        Assert.Equal("", result.ErrorText);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_folder_of_applications_needs_one_option(RunModeUnderTest mode)
    {
        string file = Folder.Write("wsgi/shop.wsgi", """
            def application(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain")])
                return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}|{environ['wsgi.input'].read()}".encode()]
            """);
        var gateway = new Invocation(mode, Folder.PathTo("wsgi/")) { Options = ["--interpreter", $".wsgi={Repository.Program("wsgi-run")}", "--allow-writable"] };
        Response answer = await gateway.AskAsync(RequestVariables.For("POST", file, pathInfo: "/cart"), "body"u8.ToArray());
        Assert.True(answer.Body == "/cgi-bin/shop.wsgi|/cart|b'body'", answer.ToString());
    }

    [Fact]
    public async Task A_command_line_without_a_file_is_refused_and_help_is_given()
    {
        Assert.Equal(64, (await Launcher.RunAsync(new Launch { Program = Python, Arguments = [Repository.Program("wsgi-run")] })).ExitCode);
        LaunchResult help = await Launcher.RunAsync(new Launch { Program = Python, Arguments = [Repository.Program("wsgi-run"), "--help"] });
        Assert.StartsWith("usage: wsgi-run FILE\n", help.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wsgi_run_has_the_version_of_the_gateways()
    {
        LaunchResult gateway = await Launcher.RunAsync(new Launch { Program = Repository.Program("scgi-run"), Arguments = ["--version"] });
        LaunchResult program = await Launcher.RunAsync(new Launch { Program = Python, Arguments = [Repository.Program("wsgi-run"), "--version"] });
        Assert.Equal(gateway.OutputText.Replace("scgi-run", "wsgi-run", StringComparison.Ordinal), program.OutputText);
    }

    private string Application(string source) => Folder.Write("site/page.wsgi", source);

    private async Task<LaunchResult> RunAsync(string file, string body, params string[] variables)
    {
        string input = Folder.Write("input", body);
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(input);
        return await Launcher.RunAsync(new Launch { Program = Python, Arguments = [Repository.Program("wsgi-run"), file], Input = handle }.WithEnvironment([.. variables, "LANG=C.UTF-8"]));
    }
}

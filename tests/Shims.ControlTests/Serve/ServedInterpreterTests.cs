using System.Net;
using System.Text;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>PHP pages and WSGI applications in <c>shimctl serve</c>, with the files beside them.</summary>
public sealed class ServedInterpreterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Protocols => [.. TestExtent.IsLong ? (string[])["--scgi", "--fastcgi", "--uwsgi", "--ajp"] : ["--scgi", "--ajp"]];

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("--scgi"), InlineData("--fastcgi"), InlineData("--uwsgi"), InlineData("--ajp")]
    public async Task A_folder_of_PHP_pages_is_served_with_one_option(string protocol)
    {
        Requires.Tools("php-cgi");
        _folder.Write("index.php", "<?php echo 'front ', $_SERVER['SCRIPT_NAME'];");
        _folder.Write("shop/index.php", "<?php echo 'shop ', $_SERVER['SCRIPT_NAME'], $_SERVER['PATH_INFO'] ?? '', ' ', $_POST['a'] ?? '';");
        _folder.Write("shop/style.css", "body {}");
        _folder.Write("secret.ini", "password");
        _folder.Write(".git/x.txt", "hidden");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol, "--interpreter", ".php=/usr/bin/php-cgi");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Url };
        Assert.Equal("front /index.php", await client.GetStringAsync("/"));
        Assert.Equal("shop /shop/index.php ", await client.GetStringAsync("/shop/"));
        Assert.Equal("shop /shop/index.php/more ", await client.GetStringAsync("/shop/index.php/more"));
        using HttpResponseMessage posted = await client.PostAsync("/shop/", new StringContent("a=b", Encoding.ASCII, "application/x-www-form-urlencoded"));
        Assert.Equal("shop /shop/index.php b", await posted.Content.ReadAsStringAsync());
        using HttpResponseMessage slash = await client.GetAsync("/shop?x=1");
        Assert.Equal((HttpStatusCode.MovedPermanently, "/shop/?x=1"), (slash.StatusCode, slash.Headers.Location?.OriginalString));
        using HttpResponseMessage sheet = await client.GetAsync("/shop/style.css");
        Assert.Equal(("text/css", "body {}"), (sheet.Content.Headers.ContentType?.MediaType, await sheet.Content.ReadAsStringAsync()));
        foreach (string path in (string[])["/secret.ini", "/.git/x.txt", "/nosuch.css"])
        {
            using HttpResponseMessage refused = await client.GetAsync(path);
            Assert.True((int)refused.StatusCode is 403 or 404, $"{path}: {refused.StatusCode}");
        }
    }

    [Fact]
    public async Task A_WSGI_application_is_served_and_its_prints_are_in_the_inspector()
    {
        Requires.Tools("/usr/bin/python3");
        _folder.Write("hello.wsgi", File.ReadAllText(Repository.PathTo("inetd-examples/wsgi/hello.wsgi")));
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, "--env", "PATH=/usr/bin:/bin", "--interpreter", $".wsgi={Repository.Program("wsgi-run")}");
        using var client = new HttpClient { BaseAddress = server.Url };
        string page = await client.GetStringAsync("/hello.wsgi/a?name=Ada");
        Assert.Contains("<h1>Hello, Ada!</h1>", page, StringComparison.Ordinal);
        Assert.Contains("You asked for /a below /hello.wsgi.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("printed", page, StringComparison.Ordinal);
        string list = await client.GetStringAsync("/");
        Assert.Contains("href=\"/hello.wsgi\"", list, StringComparison.Ordinal);
        Assert.DoesNotContain("not executable", list, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_page_of_PHP_or_WSGI_that_fails_is_shown_with_the_words_of_its_interpreter(string protocol)
    {
        Requires.Tools("php-cgi", "/usr/bin/python3");
        _folder.Write("slip.php", "<?php\necho 1\necho 2;\n");
        _folder.Write("thrown.php", "<?php\nthrow new Exception('no luck');\n");
        _folder.Write("thrown.wsgi", "def application(environ, start_response):\n    raise ValueError('no luck')\n");
        _folder.Write("own.php", "<?php\nhttp_response_code(500);\nerror_log('about');\necho 'my own page';\n");
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, protocol, "--env", "PATH=/usr/bin:/bin", "--interpreter", ".php=/usr/bin/php-cgi", "--interpreter", $".wsgi={Repository.Program("wsgi-run")}");
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach ((string path, string words) in new[] { ("slip.php", "syntax error"), ("thrown.php", "no luck"), ("thrown.wsgi", "ValueError: no luck"), ("own.php", "my own page") })
        {
            using HttpResponseMessage page = await client.GetAsync("/" + path);
            string text = await page.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
            Assert.Contains(words, text, StringComparison.Ordinal);
            Assert.Equal(path != "own.php", text.Contains($"{_folder.PathTo(path)} failed: ", StringComparison.Ordinal));
        }
    }

    [Theory, InlineData("php=/usr/bin/php-cgi", "takes .EXTENSION=PROGRAM"), InlineData(".php=php-cgi", "write the program's full path"), InlineData(".php=/nosuch/php-cgi", "there is no such program"),
     InlineData(".php=/usr/bin/php", "--interpreter names /usr/bin/php, PHP of the command line, which writes no header: install php-cgi, and name that")]
    public async Task An_interpreter_that_cannot_be_one_is_refused(string value, string expected)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = ["serve", "--port", "0", "--interpreter", value, _folder.Path] });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
    }
}

using Shims.Control.Doctor;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>PHP pages and WSGI applications: what doctor says of them without an interpreter, and with one.</summary>
public sealed class DroppedFileTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    [Theory, Trait("fault", "A05"), InlineData("page.php", "<?php echo 1;"), InlineData("page.php", "<h1>Hello</h1>"), InlineData("page.inc", "<?php echo 1;")]
    public void A_PHP_page_needs_an_interpreter_and_neither_an_execute_bit_nor_a_first_line(string name, string source)
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Write($"site/{name}", source));
        Assert.Equal((Severity.Error, "it is a PHP page, and no interpreter is named for it"), (finding.Severity, finding.Cause));
        Assert.Null(finding.Fix);
        string options = $"--interpreter {Path.GetExtension(name)}=/usr/bin/php-cgi --index index.php {examined.PathTo("site")}/";
        Assert.Contains(options, finding.Advice, StringComparison.Ordinal);
        Assert.Contains($"shimctl serve {options}", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("app.wsgi", "import os\n"), InlineData("app.py", "def application(environ, start_response):\n    return []\n")]
    [InlineData("app.py", "from flask import Flask\napp = Flask(__name__)\n"), InlineData("app.py", "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n")]
    public void A_WSGI_application_needs_wsgi_run(string name, string source)
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Write($"site/{name}", source));
        Assert.Equal((Severity.Error, "it is a WSGI application, and no interpreter is named for it"), (finding.Severity, finding.Cause));
        Assert.Contains($"--interpreter {Path.GetExtension(name)}=", finding.Advice, StringComparison.Ordinal);
        Assert.Contains($"wsgi-run {examined.PathTo("site")}/", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_WSGI_application_that_nothing_calls_is_told_though_it_is_executable()
    {
        using var examined = new Examined(programs);
        Finding finding = examined.The(examined.Script("app.py", "#!/usr/bin/python3\ndef application(environ, start_response):\n    return []\n"));
        Assert.Equal("it defines a WSGI application, and nothing calls that: the page would be empty", finding.Cause);
        finding = examined.The(examined.Script("calls.py", "#!/usr/bin/python3\nfrom wsgiref.handlers import CGIHandler\ndef application(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/plain')])\n    return [b'page']\nCGIHandler().run(application)\n"));
        Assert.Equal(Severity.Good, finding.Severity);
    }

    [Fact]
    public void With_an_interpreter_pages_and_applications_of_a_folder_are_asked_and_are_well()
    {
        Requires.Tools("php-cgi", "/usr/bin/python3");
        using var examined = new Examined(programs);
        examined.Write("site/index.php", "<?php echo 'page';");
        examined.Write("site/hello.wsgi", File.ReadAllText(Repository.PathTo("inetd-examples/wsgi/hello.wsgi")));
        examined.Write("site/style.css", "body {}");
        UseInterpreters(examined);
        Finding[] findings = examined.LookAt(examined.PathTo("site") + "/");
        Assert.Equal(2, findings.Count(finding => finding.Cause.StartsWith("responds with 200 text/html", StringComparison.Ordinal)));
        Assert.DoesNotContain(findings, finding => finding.Severity == Severity.Error);
    }

    [Theory]
    [InlineData("site/page.php", "666", "is world-writable"), InlineData("site", "777", "is world-writable"), InlineData("site", "1777", "is world-writable")]
    [InlineData("site", "chown", "belongs to user nobody, which runs the scripts"), InlineData("site/page.php", "chown", "belongs to user nobody, which runs the scripts")]
    public async Task A_place_that_uploads_could_reach_is_an_error_without_a_command_that_makes_a_program_of_an_upload(string place, string change, string reason)
    {
        using var examined = new Examined(programs);
        string page = examined.Write("site/page.php", "<?php echo 'page';");
        if (change == "chown")
            await Command.RunAsync("chown", ["nobody", examined.PathTo(place)]);
        else
            Examined.Chmod(examined.PathTo(place), change);
        UseInterpreters(examined);
        Finding finding = examined.The(page);
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.Equal($"{examined.PathTo(place)} {reason}, so that an upload could become a program: the gateway refuses it", finding.Cause);
        Assert.Null(finding.Command);
        Assert.DoesNotContain("chown", finding.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("chmod", finding.Advice, StringComparison.Ordinal);
        examined.Settings = examined.Settings with { Gateway = [.. examined.Settings.Gateway, "--allow-writable"] };
        Assert.Equal(Severity.Good, examined.The(page).Severity);
    }

    [Fact]
    public void An_interpreter_that_is_not_there_is_named_with_its_package()
    {
        using var examined = new Examined(programs);
        string page = examined.Write("site/page.php", "<?php echo 'page';");
        examined.Settings = examined.Settings with { Gateway = [.. examined.Settings.Gateway, "--interpreter", ".php=/nosuch/php-cgi"] };
        Finding finding = examined.The(page);
        Assert.Equal((Severity.Error, "its interpreter /nosuch/php-cgi does not exist"), (finding.Severity, finding.Cause));
    }

    /// <summary>Sources with a usual mistake, and the cause.</summary>
    public static TheoryData<string, string> Mistakes => new()
    {
        { "from flask import Flask\napp = Flask(__name__)\n", "it defines app, and wsgi-run calls application" },
        { "from flask import Flask\napplication = Flask(__name__)\napplication.run(debug=True)\n", "line 3 starts a server of its own, application.run(...), and comes to no page" },
        { "from flask import Flask, session\napplication = Flask(__name__)\n@application.before_request\ndef front():\n    session['a'] = 1\n", "Flask has no secret key for its sessions" },
        { "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n", "Django does not know its settings: DJANGO_SETTINGS_MODULE is not set" },
        { "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'news.settings'\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n", "Django does not find its settings, news.settings: they are in FOLDER/project" },
        { "import os, sys\nsys.path.insert(0, 'FOLDER/project')\nos.environ['DJANGO_SETTINGS_MODULE'] = 'news.settings'\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n", "Django refuses the host name " },
        { "import sqlite3\ndef application(environ, start_response):\n    sqlite3.connect('/root/nosuch.db').execute('select 1')\n", "user nobody may not write to the file of its SQLite database" },
        { "import nosuchmodule\napplication = None\n", "it needs the Python module nosuchmodule" },
        { "application = 3\n", "application in FOLDER/site/app.wsgi cannot be called, its type is int" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void A_usual_mistake_of_an_application_is_named(string source, string cause)
    {
        Requires.That(Directory.Exists("/usr/lib/python3/dist-packages/django") && Directory.Exists("/usr/lib/python3/dist-packages/flask"), "Python's django and flask");
        using var examined = new Examined(programs);
        examined.Write("project/news/__init__.py", "");
        examined.Write("project/news/settings.py", "SECRET_KEY = 'x'\nROOT_URLCONF = 'news.urls'\nALLOWED_HOSTS = ['example.org']\nMIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n");
        examined.Write("project/news/urls.py", "urlpatterns = []\n");
        string file = examined.Write("site/app.wsgi", source.Replace("FOLDER", examined.Folder, StringComparison.Ordinal));
        UseInterpreters(examined);
        Finding[] findings = examined.LookAt(file);
        Assert.True(findings.Any(finding => finding.Cause.StartsWith(cause.Replace("FOLDER", examined.Folder, StringComparison.Ordinal), StringComparison.Ordinal)), string.Join('\n', findings.Select(static finding => $"{finding.Cause} / {finding.Advice}")));
    }

    private void UseInterpreters(Examined examined)
    {
        // The checkout may be closed to the user nobody.
        string wsgi = Path.Combine(programs.Folder, "wsgi-run");
        if (!File.Exists(wsgi))
            File.Copy(Repository.Program("wsgi-run"), wsgi);
        File.SetUnixFileMode(wsgi, (UnixFileMode)Convert.ToInt32("755", 8));
        examined.Settings = examined.Settings with { Gateway = [.. examined.Settings.Gateway, "--interpreter", ".php=/usr/bin/php-cgi", "--interpreter", $".wsgi={wsgi}", "--env", "PATH=/usr/bin:/bin"] };
    }
}

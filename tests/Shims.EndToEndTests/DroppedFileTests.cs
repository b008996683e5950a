namespace Shims.EndToEndTests;

/// <summary>Folders of PHP files and of WSGI applications, as they are, with the shipped lines behind nginx and inetd.</summary>
public sealed class DroppedFileTests
{
    /// <summary>The user of the super-server's lines here: www-data is whoever runs the tests, and root runs nothing by an interpreter.</summary>
    private const string User = "nobody";

    private static readonly byte[] s_upload = System.Text.Encoding.ASCII.GetBytes("""
        --b
        Content-Disposition: form-data; name="file"; filename="notes.txt"
        Content-Type: text/plain

        twelve bytes
        --b--

        """.ReplaceLineEndings("\r\n"));

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), Trait("fault", "A05")]
    public async Task A_folder_of_PHP_files_is_a_site(string program)
    {
        Requires.Tools("php-cgi");
        await using Site site = await StartAsync(program, "php.conf", folder =>
        {
            folder.Write("www/www/index.php", "<?php echo 'front ', $_SERVER['SCRIPT_NAME'];");
            folder.Write("www/www/shop/index.php", "<?php echo 'shop ', $_SERVER['SCRIPT_NAME'], ' ', __DIR__ === getcwd() ? 'own folder' : getcwd();");
            folder.Write("www/www/page.php", "<?php echo $_SERVER['PATH_INFO'] ?? '', '|', $_GET['x'] ?? '', '|', $_POST['y'] ?? '', '|', $_SERVER['PHP_SELF'], '|', $_SERVER['HTTP_HOST'];");
            folder.Write("www/www/upload.php", "<?php $f = $_FILES['file']; echo $f['name'], ' ', $f['error'], ' ', file_get_contents($f['tmp_name']);");
            folder.Write("www/www/go.php", "<?php session_start(); header('Location: /page.php?x=there', true, 303);");
            folder.Write("www/www/broken.php", "<?php undefined_function();");
            folder.Write("www/www/style.css", "body {}");
        });
        Assert.Equal("front /index.php", (await site.Browser.GetAsync("/")).Body);
        Assert.Equal("shop /shop/index.php own folder", (await site.Browser.GetAsync("/shop/")).Body);
        ScriptReply slash = await site.Browser.GetAsync("/shop?a=b");
        Assert.Equal((301, "/shop/?a=b"), (slash.Status, slash.Header("Location")?.Replace($"http://localhost:{site.Browser.Port}", "", StringComparison.Ordinal)));
        Assert.Equal($"/more|1||/page.php/more|localhost:{site.Browser.Port}", (await site.Browser.GetAsync("/page.php/more?x=1")).Body);
        Assert.StartsWith("||a value|", (await site.Browser.PostAsync("/page.php", "y=a+value"u8.ToArray(), "application/x-www-form-urlencoded")).Body, StringComparison.Ordinal);
        Assert.Equal("notes.txt 0 twelve bytes", (await site.Browser.PostAsync("/upload.php", s_upload, "multipart/form-data; boundary=b")).Body);
        ScriptReply redirect = await site.Browser.GetAsync("/go.php");
        Assert.Equal(303, redirect.Status);
        Assert.Equal(500, (await site.Browser.GetAsync("/broken.php")).Status);
        ScriptReply sheet = await site.Browser.GetAsync("/style.css");
        Assert.Equal((200, "text/css", "body {}"), (sheet.Status, sheet.Header("Content-Type"), sheet.Body));
        Assert.Equal(404, (await site.Browser.GetAsync("/nosuch.php")).Status);
        Assert.Equal(403, (await site.Browser.GetAsync("/style.css/x.php")).Status);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task An_upload_that_a_PHP_page_stores_is_data_and_never_a_page(string program)
    {
        Requires.Tools("php-cgi");
        string uploads = "";
        await using Site site = await StartAsync(program, "php.conf", folder =>
        {
            folder.Write("www/www/store.php", "<?php echo copy('php://input', __DIR__ . '/uploads/' . basename($_GET['name'])) ? 'stored' : 'failed';");
            uploads = folder.MakeFolder("www/www/uploads");
        });
        await Command.RunAsync("chown", [User, uploads]);
        Assert.Equal("stored", (await site.Browser.PostAsync("/store.php?name=evil.php", "<?php echo 'evil ', 6 * 7;"u8.ToArray())).Body);
        foreach (string path in (string[])["/uploads/evil.php", "/uploads/evil.php/", "/uploads/evil.php/x.txt"])
        {
            ScriptReply reply = await site.Browser.GetAsync(path);
            Assert.Equal(403, reply.Status);
            Assert.DoesNotContain("evil 42", reply.Body, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task The_sample_WSGI_application_answers_below_its_URL_and_prints_nothing_into_the_page(string program)
    {
        await using Site site = await StartAsync(program, "wsgi.conf", static folder => folder.Write("www/wsgi/hello.wsgi", File.ReadAllText(Repository.PathTo("inetd-examples/wsgi/hello.wsgi"))));
        ScriptReply reply = await site.Browser.GetAsync("/hello/a%20b?name=%3CAda%3E");
        Assert.Equal(200, reply.Status);
        Assert.Contains("<h1>Hello, &lt;Ada&gt;!</h1>", reply.Body, StringComparison.Ordinal);
        Assert.Contains("You asked for /a b below /hello.", reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("printed", reply.Body, StringComparison.Ordinal);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_Flask_application_works_below_its_URL(string program)
    {
        RequiresModule("flask");
        await using Site site = await StartAsync(program, "wsgi.conf", static folder => folder.Write("www/wsgi/shop.wsgi", """
            from flask import Flask, redirect, request, session, url_for
            application = Flask(__name__)
            application.secret_key = "of this test"

            @application.route("/")
            def front():
                return "front " + url_for("item", number=3) + " " + session.get("name", "nobody")

            @application.route("/item/<int:number>")
            def item(number):
                return f"item {number}"

            @application.route("/name", methods=["POST"])
            def name():
                session["name"] = request.form["name"]
                return redirect(url_for("front"))

            @application.route("/fail")
            def fail():
                raise ValueError("reason")
            """));
        Assert.Equal("front /shop/item/3 nobody", (await site.Browser.GetAsync("/shop/")).Body);
        Assert.Equal("item 7", (await site.Browser.GetAsync("/shop/item/7")).Body);
        Assert.Equal(404, (await site.Browser.GetAsync("/shop/item/x")).Status);
        ScriptReply redirect = await site.Browser.PostAsync("/shop/name", "name=Ada"u8.ToArray(), "application/x-www-form-urlencoded");
        Assert.Equal(302, redirect.Status);
        Assert.EndsWith("/shop/", redirect.Header("Location"), StringComparison.Ordinal);
        string cookie = redirect.Header("Set-Cookie")!.Split(';')[0];
        Assert.EndsWith(" Ada", (await site.Browser.GetAsync("/shop/", $"Cookie: {cookie}")).Body, StringComparison.Ordinal);
        Assert.Equal(500, (await site.Browser.GetAsync("/shop/fail")).Status);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_Django_project_works_below_its_URL(string program)
    {
        RequiresModule("django");
        await using Site site = await StartAsync(program, "wsgi.conf", static folder =>
        {
            folder.Write("project/news/__init__.py", "");
            folder.Write("project/news/settings.py", "SECRET_KEY = 'of this test'\nROOT_URLCONF = 'news.urls'\nALLOWED_HOSTS = ['*']\nMIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n");
            folder.Write("project/news/urls.py", """
                from django.http import HttpResponse, HttpResponseRedirect
                from django.urls import path, reverse

                def front(request):
                    return HttpResponse("front " + reverse("entry", args=[5]) + " " + request.build_absolute_uri())

                def entry(request, number):
                    return HttpResponse(f"entry {number} {request.POST.get('text', '')}")

                def go(request):
                    return HttpResponseRedirect(reverse("front"))

                urlpatterns = [path("", front, name="front"), path("entry/<int:number>/", entry, name="entry"), path("go", go)]
                """);
            folder.Write("www/wsgi/news.wsgi", $"""
                import os, sys
                sys.path.insert(0, "{folder.PathTo("project")}")
                os.environ["DJANGO_SETTINGS_MODULE"] = "news.settings"
                from django.core.wsgi import get_wsgi_application
                application = get_wsgi_application()
                """);
        });
        Assert.Equal($"front /news/entry/5/ http://localhost:{site.Browser.Port}/news/", (await site.Browser.GetAsync("/news/")).Body);
        Assert.Equal("entry 5 Grüße", (await site.Browser.PostAsync("/news/entry/5/", "text=Gr%C3%BC%C3%9Fe"u8.ToArray(), "application/x-www-form-urlencoded")).Body);
        ScriptReply redirect = await site.Browser.GetAsync("/news/go");
        Assert.Equal(302, redirect.Status);
        Assert.EndsWith("/news/", redirect.Header("Location"), StringComparison.Ordinal);
    }

    private static void RequiresModule(string name) =>
        Requires.That(Directory.Exists($"/usr/lib/python3/dist-packages/{name}"), $"Python's {name}");

    private static async Task<Site> StartAsync(string program, string example, Action<TemporaryFolder> write)
    {
        Requires.Tools("nginx", "inetd", "/usr/bin/python3");
        Requires.Place(Environment.IsPrivilegedProcess, "root, to have scripts run as another user");
        using var scripts = new TemporaryFolder();
        Installation installation = await Installation.WithScriptsAsync(scripts.MakeFolder("cgi-bin"));
        write(installation.Folder);
        var gateway = Gateway.Named(program);
        // inetd's own PATH may lead to a python3 of the person who runs the tests, without the distribution's modules.
        ExampleFile inetd = gateway.InetdExample.With("  www-data  ", $"  {User}  ").With("--interpreter .wsgi=", "--env PATH=/usr/bin:/bin --interpreter .wsgi=");
        return await Site.StartAsync(installation, async () => await Inetd.StartAsync(installation, inetd), gateway.Translate(ExampleFile.Read($"nginx-examples/{example}")));
    }
}

using System.Security.Cryptography;

namespace Shims.MatrixTests.Applications;

/// <summary>What each application must be able to do.</summary>
internal static class ApplicationChecks
{
    internal static Task RunAsync(Application application, RunningFront front, ApplicationFolder folder) => application switch
    {
        Application.Awstats => AwstatsAsync(front, folder),
        Application.Gitweb => GitwebAsync(front),
        Application.Cgit => CgitAsync(front),
        Application.GitClone => CloneAsync(front, folder),
        Application.GitPush => PushAsync(front, folder),
        Application.Php => PhpAsync(front),
        Application.CgiPm => CgiPmAsync(front),
        Application.Wsgiref => WsgirefAsync(front),
        _ => throw new ArgumentOutOfRangeException(nameof(application)),
    };

    private static async Task AwstatsAsync(RunningFront front, ApplicationFolder folder)
    {
        ScriptReply report = await front.Browser.GetAsync($"/cgi-bin/awstats.pl?config=shims.example&configdir={folder.AwstatsFolder}&year=2024&month=05&framename=mainright");
        Assert.True(report is { Status: 200, IsComplete: true }, report.Body);
        Assert.StartsWith("text/html", report.Header("Content-Type"));
        Assert.Contains("Statistics for shims.example (2024-05)", report.Body);
        Assert.Contains("192.0.2.7", report.Body);
        Assert.EndsWith("</html>", report.Body.TrimEnd());
    }

    private static async Task GitwebAsync(RunningFront front)
    {
        ScriptReply summary = await front.Browser.GetAsync("/cgi-bin/gitweb.cgi?p=project.git;a=summary");
        Assert.True(summary is { Status: 200, IsComplete: true }, summary.Body);
        Assert.Contains("Commit number 40", summary.Body);
        Assert.EndsWith("</html>", summary.Body.TrimEnd());
        Assert.Equal((200, "40\n"), StatusAndBody(await front.Browser.GetAsync("/cgi-bin/gitweb.cgi?p=project.git;a=blob_plain;f=file;hb=HEAD")));
        // The same in its other form, which needs PATH_INFO.
        Assert.Equal((200, "7\n"), StatusAndBody(await front.Browser.GetAsync("/cgi-bin/gitweb.cgi/project.git/blob_plain/branch-7:/file")));
        Assert.Equal(404, (await front.Browser.GetAsync("/cgi-bin/gitweb.cgi?p=missing.git;a=summary")).Status);
    }

    private static async Task CgitAsync(RunningFront front)
    {
        ScriptReply log = await front.Browser.GetAsync("/cgi-bin/cgit.cgi/project.git/log/");
        Assert.True(log is { Status: 200, IsComplete: true }, log.Body);
        Assert.Contains("Commit number 40", log.Body);
        Assert.Equal((200, "7\n"), StatusAndBody(await front.Browser.GetAsync("/cgi-bin/cgit.cgi/project.git/plain/file?h=branch-7")));
        Assert.Equal(404, (await front.Browser.GetAsync("/cgi-bin/cgit.cgi/missing.git/")).Status);
    }

    private static async Task CloneAsync(RunningFront front, ApplicationFolder folder)
    {
        string clone = folder.NewFolder();
        await ApplicationFolder.GitAsync(folder.Repositories, "clone", "--quiet", RepositoryUrl(front, "project"), clone);
        Assert.Equal("40\n", await File.ReadAllTextAsync(Path.Combine(clone, "file")));
        Assert.Equal("7\n", await ApplicationFolder.GitAsync(clone, "show", "origin/branch-7:file"));
        // What it has is not sent again.
        await ApplicationFolder.GitAsync(clone, "fetch", "--quiet", "--all");
    }

    private static async Task PushAsync(RunningFront front, ApplicationFolder folder)
    {
        string repository = Path.Combine(folder.Repositories, front.Front.Name + ".git"), work = folder.NewFolder();
        await ApplicationFolder.GitAsync(folder.Repositories, "clone", "--quiet", "--bare", "project.git", repository);
        await ApplicationFolder.GitAsync(repository, "config", "http.receivepack", "true");
        await ApplicationFolder.GitAsync(folder.Repositories, "clone", "--quiet", repository, work);
        // Random, so that no compression makes it small.
        await File.WriteAllBytesAsync(Path.Combine(work, "large"), RandomNumberGenerator.GetBytes(20_000_000));
        await ApplicationFolder.GitAsync(work, "add", "large");
        await ApplicationFolder.GitAsync(work, "commit", "--quiet", "-m", "20 MB");

        // git sends large packs chunked, unless they fit into this buffer; some web servers want to know the length of an upload.
        string[] buffer = front.Front.LimitOf(Check.Chunked) is null ? [] : ["-c", "http.postBuffer=50m"];
        await ApplicationFolder.GitAsync(work, [.. buffer, "push", "--quiet", RepositoryUrl(front, front.Front.Name), "HEAD:main"]);
        Assert.Equal(await ApplicationFolder.GitAsync(work, "rev-parse", "HEAD"), await ApplicationFolder.GitAsync(repository, "rev-parse", "main"));
        Assert.Equal("20000000\n", await ApplicationFolder.GitAsync(repository, "cat-file", "-s", "main:large"));
        await ApplicationFolder.GitAsync(repository, "fsck", "--strict");
    }

    private static async Task PhpAsync(RunningFront front)
    {
        Assert.Equal((200, "cgi-fcgi GET /cgi-bin/form.php/more\nq=a b text=\n"), StatusAndBody(await front.Browser.GetAsync("/cgi-bin/form.php/more?q=a%20b")));
        Assert.Equal((200, "cgi-fcgi POST /cgi-bin/form.php\nq= text=é\n"), StatusAndBody(await front.Browser.PostAsync("/cgi-bin/form.php", "text=%C3%A9"u8.ToArray(), "application/x-www-form-urlencoded")));
        (string file, string digest) = Upload(front, 1_000_000);
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, "-H", "Expect:", "-F", "text=a title", "-F", $"file=@{file}", front.UrlOf("form.php"));
        Assert.Equal((0, 200, $"cgi-fcgi POST /cgi-bin/form.php\nq= text=a title\n1000000 {digest}\n"), (result.ExitCode, result.Status, result.Text));
    }

    private static async Task CgiPmAsync(RunningFront front)
    {
        ScriptReply form = await front.Browser.GetAsync("/cgi-bin/upload.pl");
        Assert.Equal(200, form.Status);
        Assert.Contains("action=\"/cgi-bin/upload.pl\"", form.Body);
        (string file, string digest) = Upload(front, 3_000_000);
        CurlResult result = await Curl.RunAsync(front.Installation.Folder, "-H", "Expect:", "-F", "title=été", "-F", $"file=@{file}", front.UrlOf("upload.pl"));
        Assert.Equal((0, 200, $"été 3000000 {digest}\n"), (result.ExitCode, result.Status, result.Text));
    }

    private static async Task WsgirefAsync(RunningFront front)
    {
        string empty = Convert.ToHexStringLower(SHA256.HashData([])), url = "http://localhost/cgi-bin/wsgi.py";
        // Debian's parameters for nginx say $host, which is without the port.
        (int, string) WithoutPort(ScriptReply reply) => (reply.Status, reply.Body.Replace($":{front.Browser.Port}/", "/", StringComparison.Ordinal));
        Assert.Equal((200, $"{url}/caf%C3%A9%20noir?x=%C3%A9\n/café noir\n0 {empty}\n"), WithoutPort(await front.Browser.GetAsync("/cgi-bin/wsgi.py/caf%C3%A9%20noir?x=%C3%A9")));
        // Its validator cannot do without PATH_INFO, which CGI leaves out where there is none.
        byte[] body = new byte[500_000];
        new Random(1).NextBytes(body);
        Assert.Equal((200, $"{url}/upload\n/upload\n{body.Length} {Convert.ToHexStringLower(SHA256.HashData(body))}\n"), WithoutPort(await front.Browser.PostAsync("/cgi-bin/wsgi.py/upload", body)));
    }

    private static string RepositoryUrl(RunningFront front, string name) => front.UrlOf($"git-http-backend/{name}.git");

    private static (int Status, string Body) StatusAndBody(ScriptReply reply) => (reply.Status, reply.Body);

    private static (string File, string Digest) Upload(RunningFront front, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return (front.Installation.Folder.Write($"upload-{length}", bytes), Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}

using Shims.MatrixTests.Applications;

namespace Shims.MatrixTests;

/// <summary>Applications that nobody here wrote, through both programs, behind the web servers.</summary>
public sealed class ApplicationTests(ApplicationFolder folder, Table table) : IClassFixture<ApplicationFolder>
{
    private static readonly string[] s_quick = ["nginx-scgi", "apache-fcgi"];

    internal static IReadOnlyList<string> Rows { get; } =
        ["nginx-scgi", "nginx-fcgi", "apache-scgi", "apache-fcgi", "lighttpd-scgi", "lighttpd-fcgi", "haproxy", "caddy", "h2o"];

    internal static IReadOnlyList<string> Columns { get; } = [.. Enum.GetValues<Application>().Select(TitleOf)];

    public static TheoryData<string, Application> Everywhere =>
        new MatrixTheoryData<string, Application>(Rows.Where(row => Cells.Full || s_quick.Contains(row)), Enum.GetValues<Application>());

    [Theory, MemberData(nameof(Everywhere))]
    public async Task Behind_a_web_server(string webServer, Application application)
    {
        Front front = Fronts.Named(webServer);
        Requires.Tools(front.Product.Program, "curl", "git", "perl", "python3", "php-cgi",
            ApplicationFolder.Awstats, ApplicationFolder.Gitweb, ApplicationFolder.Cgit, ApplicationFolder.GitHttpBackend, ApplicationFolder.CgiPm);
        RunningFront running = await folder.BehindAsync(front);
        await table.Applications.FillAsync(webServer, TitleOf(application), null, () => ApplicationChecks.RunAsync(application, running, folder), () => running.Log);
    }

    private static string TitleOf(Application application) => application switch
    {
        Application.Awstats => "AWStats",
        Application.Gitweb => "gitweb",
        Application.Cgit => "cgit",
        Application.GitClone => "git clone",
        Application.GitPush => "git push of 20 MB",
        Application.Php => "php-cgi",
        Application.CgiPm => "CGI.pm upload form",
        Application.Wsgiref => "Python wsgiref",
        _ => throw new ArgumentOutOfRangeException(nameof(application)),
    };
}

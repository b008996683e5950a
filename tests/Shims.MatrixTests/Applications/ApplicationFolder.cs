namespace Shims.MatrixTests.Applications;

/// <summary>The applications, as the distribution ships them, with configuration and data: once for all web servers.</summary>
public sealed class ApplicationFolder : IAsyncDisposable
{
    internal const string Awstats = "/usr/lib/cgi-bin/awstats.pl";
    internal const string Gitweb = "/usr/share/gitweb/gitweb.cgi";
    internal const string Cgit = "/usr/lib/cgit/cgit.cgi";
    internal const string GitHttpBackend = "/usr/lib/git-core/git-http-backend";
    internal const string CgiPm = "/usr/share/perl5/CGI.pm";

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task> _prepared;
    private readonly Dictionary<string, Lazy<Task<RunningFront>>> _running;

    public ApplicationFolder()
    {
        _prepared = new Lazy<Task>(PrepareAsync);
        _running = Fronts.All.ToDictionary(front => front.Name, front => new Lazy<Task<RunningFront>>(() => StartAsync(front)));
    }

    /// <summary>AWStats's configuration and statistics.</summary>
    internal string AwstatsFolder => _folder.PathTo("awstats");

    /// <summary>Where the repositories are; project.git is there from the beginning.</summary>
    internal string Repositories => _folder.PathTo("git");

    /// <summary>A folder that is not there yet.</summary>
    internal string NewFolder() => _folder.PathTo(Guid.NewGuid().ToString("N"));

    /// <summary>The web server with the applications behind it.</summary>
    internal Task<RunningFront> BehindAsync(Front front) => _running[front.Name].Value;

    /// <summary>Runs git, without the configuration of whoever runs the tests.</summary>
    internal static Task<string> GitAsync(string folder, params IEnumerable<string> arguments) => Command.RunAsync("git", arguments, folder,
    [
        "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
        "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org",
    ]);

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<RunningFront>> running in _running.Values)
            if (running is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
                await (await running.Value).DisposeAsync();
        _folder.Dispose();
    }

    private async Task<RunningFront> StartAsync(Front front)
    {
        await _prepared.Value;
        return await RunningFront.StartAsync(front, _folder.PathTo("cgi-bin"),
            "--env", $"AWSTATS_ENABLE_CONFIG_DIR={AwstatsFolder}",
            "--env", $"GITWEB_CONFIG={_folder.PathTo("gitweb.conf")}",
            "--env", $"CGIT_CONFIG={_folder.PathTo("cgitrc")}",
            "--env", $"GIT_PROJECT_ROOT={Repositories}",
            "--env", "GIT_HTTP_EXPORT_ALL=1");
    }

    private async Task PrepareAsync()
    {
        foreach (string program in Directory.EnumerateFiles(Repository.PathTo("tests/Shims.MatrixTests/cgi-applications")).Concat([Awstats, Gitweb, Cgit, GitHttpBackend]))
            _folder.WriteScript($"cgi-bin/{Path.GetFileName(program)}", await File.ReadAllBytesAsync(program));
        await AwstatsSite.MakeAsync(_folder, hits: 1000, programUrl: "/cgi-bin");
        await MakeRepositoryAsync();
        _folder.Write("gitweb.conf", $"our $projectroot = '{Repositories}';\n");
        _folder.Write("cgitrc", $"virtual-root=/cgi-bin/cgit.cgi/\nscan-path={Repositories}\n");
    }

    private async Task MakeRepositoryAsync()
    {
        string repository = Path.Combine(_folder.MakeFolder("git"), "project.git"), seed = _folder.MakeFolder("seed");
        await GitAsync(_folder.Path, "init", "--quiet", "--bare", "--initial-branch=main", repository);
        await GitAsync(seed, "init", "--quiet", "--initial-branch=main");
        // Each of the branches is a commit of its own: so many that git compresses the list of them in its request.
        for (int number = 1; number <= 40; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(seed, "file"), $"{number}\n");
            await GitAsync(seed, "add", "file");
            await GitAsync(seed, "commit", "--quiet", "-m", $"Commit number {number}");
            await GitAsync(seed, "branch", $"branch-{number}");
        }
        await GitAsync(seed, "push", "--quiet", "--all", repository);
    }
}

using System.Security.Cryptography;

namespace Shims.EndToEndTests;

/// <summary>git http-backend, which begins its answer to a push before it has read it: the hardest ordinary CGI program.</summary>
public sealed class GitTests
{
    private const string Backend = "/usr/lib/git-core/git-http-backend";

    [Theory]
    [InlineData("scgi-run", "on")]
    [InlineData("scgi-run", "off")]
    [InlineData("fcgi-run", "on")]
    [InlineData("fcgi-run", "off")]
    public async Task A_repository_is_cloned_and_a_commit_of_20_MB_pushed(string program, string buffering)
    {
        Requires.Tools("nginx", "inetd", "git", Backend);
        var gateway = Gateway.Named(program);
        var installation = new Installation();
        TemporaryFolder folder = installation.Folder;
        string repository = await MakeRepositoryAsync(installation);

        ExampleFile nginx = gateway.Translate(ExampleFile.Read("nginx-examples/git.conf"));
        if (buffering == "off")
            nginx = nginx.With("_request_buffering on", "_request_buffering off");
        await using Site site = await Site.StartAsync(installation, async () => await Inetd.StartAsync(installation, gateway.InetdExample), nginx);

        string clone = folder.PathTo("clone");
        await GitAsync(folder.Path, "clone", "--quiet", $"http://127.0.0.1:{site.Browser.Port}/git/project.git", clone);
        Assert.Equal("first\n", await File.ReadAllTextAsync(Path.Combine(clone, "file"), TestContext.Current.CancellationToken));

        // Random, so that no compression makes it small.
        await File.WriteAllBytesAsync(Path.Combine(clone, "large"), RandomNumberGenerator.GetBytes(20_000_000), TestContext.Current.CancellationToken);
        await GitAsync(clone, "add", "large");
        await GitAsync(clone, "commit", "--quiet", "-m", "20 MB");
        await GitAsync(clone, "push", "--quiet", "origin", "HEAD");

        Assert.Equal(await GitAsync(clone, "rev-parse", "HEAD"), await GitAsync(repository, "rev-parse", "main"));
        await GitAsync(repository, "fsck", "--strict");
        Assert.Equal("20000000", (await GitAsync(repository, "cat-file", "-s", "main:large")).Trim());
    }

    private static async Task<string> MakeRepositoryAsync(Installation installation)
    {
        string repository = Path.Combine(installation.GitFolder, "project.git"), seed = installation.Folder.MakeFolder("seed");
        await GitAsync(installation.GitFolder, "init", "--quiet", "--bare", "--initial-branch=main", repository);
        await GitAsync(repository, "config", "http.receivepack", "true");
        await GitAsync(seed, "init", "--quiet", "--initial-branch=main");
        await File.WriteAllTextAsync(Path.Combine(seed, "file"), "first\n");
        await GitAsync(seed, "add", "file");
        await GitAsync(seed, "commit", "--quiet", "-m", "first");
        await GitAsync(seed, "push", "--quiet", repository, "main");
        return repository;
    }

    // Without the configuration of whoever runs the tests.
    private static Task<string> GitAsync(string folder, params string[] arguments) => Command.RunAsync("git", arguments, folder,
    [
        "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
        "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org",
    ]);
}

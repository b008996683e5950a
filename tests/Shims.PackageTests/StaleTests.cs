namespace Shims.PackageTests;

/// <summary>`sudo make install` compiles nothing where bin/ is up to date, and leaves no file of root's where it is not.</summary>
public sealed class StaleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public StaleTests()
    {
        _folder.WriteScript("scripts/stale", File.ReadAllText(Repository.PathTo("scripts/stale")));
        foreach (string file in new[] { "src/scgi-run/Program.cs", "src/scgi-run/README.md", "docs/recipes/git.recipe", "packaging/notices/Mono.txt", "Directory.Build.props", "Directory.Packages.props", "global.json" })
            File.SetLastWriteTimeUtc(_folder.Write(file, ""), DateTime.UnixEpoch.AddDays(1));
        Directory.CreateDirectory(_folder.PathTo("artifacts"));
    }

    [Fact]
    public async Task Without_a_build_everything_is_made() => Assert.Equal("all", await AskAsync(user: 1000));

    [Fact]
    public async Task After_a_build_nothing_is_made_whoever_asks()
    {
        Build();
        Assert.Equal("", await AskAsync(user: 1000));
        Assert.Equal("", await AskAsync(user: 0));
        Assert.Equal("", await AskAsync(user: 0, sudo: "ada"));
    }

    [Theory, InlineData("src/scgi-run/Program.cs"), InlineData("docs/recipes/git.recipe"), InlineData("global.json"), InlineData("src/scgi-run/New.cs")]
    public async Task After_a_change_everything_is_made_but_not_by_root_in_the_name_of_another(string file)
    {
        Build();
        File.SetLastWriteTimeUtc(_folder.Write(file, "changed"), DateTime.UnixEpoch.AddDays(3));
        Assert.Equal("all", await AskAsync(user: 1000));
        Assert.Equal("all", await AskAsync(user: 0));
        Assert.Equal("make-first", await AskAsync(user: 0, sudo: "ada"));
    }

    [Theory, InlineData("src/scgi-run/README.md"), InlineData("src/scgi-run/obj/Release/a.dll"), InlineData("src/scgi-run/bin/a.dll")]
    public async Task What_no_program_is_made_of_asks_for_nothing(string file)
    {
        Build();
        File.SetLastWriteTimeUtc(_folder.Write(file, "changed"), DateTime.UnixEpoch.AddDays(3));
        Assert.Equal("", await AskAsync(user: 1000));
    }

    [Fact]
    public async Task Make_tells_the_person_with_sudo_what_to_do_first()
    {
        Requires.Tools("make");
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf("make"), Arguments = ["--no-print-directory", "make-first"], Folder = Repository.Root });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("run make first, as yourself; then sudo make install, which compiles nothing", result.ErrorText);
    }

    public void Dispose() => _folder.Dispose();

    private void Build() => File.SetLastWriteTimeUtc(_folder.Write("artifacts/built", ""), DateTime.UnixEpoch.AddDays(2));

    private async Task<string> AskAsync(int user, string? sudo = null)
    {
        _folder.WriteScript("commands/id", $"#!/bin/sh\necho {user}\n");
        return (await Command.RunAsync(_folder.PathTo("scripts/stale"), [], environment: [$"PATH={_folder.PathTo("commands")}:/usr/bin:/bin", .. sudo is null ? Array.Empty<string>() : [$"SUDO_USER={sudo}"]])).Trim();
    }
}

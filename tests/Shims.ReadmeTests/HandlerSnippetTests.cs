namespace Shims.ReadmeTests;

/// <summary>A reader who has only docs/handlers.md and the files of `make install` compiles a handler.</summary>
public sealed class HandlerSnippetTests
{
    private const string InstalledPackages = "/usr/local/share/shims/packages";

    [Fact, Trait("fault", "D5"), Trait("fault", "friction 2")]
    public async Task The_ten_lines_of_the_page_on_handlers_and_the_installed_samples_compile_where_they_lie()
    {
        Requires.Tools("make", "dotnet");
        Requires.That(Directory.Exists(Repository.PathTo("artifacts/packages")), "the package: make pack");
        using var folder = new TemporaryFolder();
        // -o: what is there is installed, and nothing is built anew.
        await Command.RunAsync("make", ["-o", "all", "-o", "pack", "install", "PREFIX=/usr", $"DESTDIR={folder.Path}"], Repository.Root);
        string shared = folder.PathTo("usr/share/shims");

        CodeBlock snippet = Assert.Single(MarkdownFile.Guides.SelectMany(page => MarkdownFile.Read(page).Blocks), block => block.Language == "csharp");
        Assert.Contains(InstalledPackages, snippet.Text, StringComparison.Ordinal);
        await BuildAsync(folder.Write("new/hello.cs", snippet.Text.Replace(InstalledPackages, Path.Combine(shared, "packages"), StringComparison.Ordinal)));

        string[] samples = [.. Directory.GetFiles(Path.Combine(shared, "inetd-examples/apps"), "*.cs").Order(StringComparer.Ordinal)];
        Assert.Equal(6, samples.Length);
        // Each takes a compiler's time.
        foreach (string sample in samples.OrderBy(sample => !sample.EndsWith("hello.cs", StringComparison.Ordinal)).Take(TestExtent.Of(1, samples.Length)))
            await BuildAsync(sample);
        Assert.Contains("value=\"/usr/share/shims/packages\"", await File.ReadAllTextAsync(Path.Combine(shared, "nuget.config"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task BuildAsync(string file)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("dotnet"),
            Arguments = ["build", file],
            Folder = Path.GetDirectoryName(file),
        }.WithEnvironment($"HOME={Environment.GetEnvironmentVariable("HOME")}", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1", "MSBUILDDISABLENODEREUSE=1"), TimeSpan.FromMinutes(10));
        Assert.True(result.ExitCode == 0, $"{file}: {result.OutputText}{result.ErrorText}");
    }
}

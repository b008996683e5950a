namespace Shims.ReadmeTests;

/// <summary>A reader who has only docs/aspnetcore.md and the packages of `make install` gets from an empty folder to a page through nginx.</summary>
public sealed class AppPageTests
{
    private const string InstalledPackages = "/usr/local/share/shims/packages";

    [Fact]
    public async Task The_files_of_the_page_on_ASP_NET_Core_compile_and_their_page_comes_through_nginx()
    {
        Requires.Tools("dotnet", "inetd", "nginx");
        Requires.That(Directory.Exists(Repository.PathTo("artifacts/packages")), "the packages: make pack");
        IReadOnlyList<CodeBlock> blocks = MarkdownFile.Read("docs/aspnetcore.md").Blocks;
        string project = blocks.First(block => block.Text.StartsWith("<Project", StringComparison.Ordinal)).Text, program = blocks.First(block => block.Language == "csharp").Text;
        Assert.Contains(InstalledPackages, project, StringComparison.Ordinal);

        using var installation = new Installation();
        using var folder = new TemporaryFolder();
        folder.Write("hello.csproj", project.Replace(InstalledPackages, Repository.PathTo("artifacts/packages"), StringComparison.Ordinal));
        folder.Write("Program.cs", program);
        // To native code as the reader does it takes half a minute; the tests of the samples have done that.
        string[] native = TestExtent.Of(1, 2) == 1 ? ["-p:PublishAot=false"] : [];
        string published = folder.PathTo("published");
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("dotnet"),
            Arguments = ["publish", "-o", published, .. native],
            Folder = folder.Path,
        }.WithEnvironment($"HOME={Environment.GetEnvironmentVariable("HOME")}", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "DOTNET_NOLOGO=1", "MSBUILDDISABLENODEREUSE=1"), TimeSpan.FromMinutes(10));
        Assert.True(result.ExitCode == 0, $"{result.OutputText}{result.ErrorText}");

        // The configurations of the page are parts of these files: SnippetTests.
        await using Inetd inetd = await Inetd.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/minimal-api/inetd.conf").With("/srv/hello/hello", Path.Combine(published, "hello")));
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/minimal-api/nginx.conf"));
        ScriptReply reply = await nginx.Browser.GetAsync("/hello/Ada");
        Assert.True(reply.Body == "Hello Ada", $"{reply.Status} {reply.Body} {nginx.Log} {inetd.Log}");
    }
}

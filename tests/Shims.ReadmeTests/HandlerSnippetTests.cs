using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace Shims.ReadmeTests;

/// <summary>A reader who has only docs/handlers.md and the files of `make install` compiles a handler.</summary>
public sealed class HandlerSnippetTests
{
    private const string InstalledPackages = "/usr/local/share/shims/packages";

    private static readonly string[] s_types = ["record ", "sealed class ", "[JsonSerializable"];

    [Fact, Trait("fault", "D5"), Trait("fault", "friction 2")]
    public async Task The_ten_lines_of_the_page_on_handlers_and_the_installed_samples_compile_where_they_lie()
    {
        Requires.Tools("make", "dotnet");
        Requires.That(Directory.Exists(Repository.PathTo("artifacts/packages")), "the package: make pack");
        using var folder = new TemporaryFolder();
        // -o: what is there is installed, and nothing is built anew.
        await Command.RunAsync("make", ["-o", "all", "-o", "pack", "install", "PREFIX=/usr", $"DESTDIR={folder.Path}"], Repository.Root);
        string shared = folder.PathTo("usr/share/shims");

        CodeBlock snippet = Assert.Single(MarkdownFile.Guides.SelectMany(page => MarkdownFile.Read(page).Blocks), IsWholeFile);
        Assert.Contains(InstalledPackages, snippet.Text, StringComparison.Ordinal);
        await BuildAsync(folder.Write("new/hello.cs", snippet.Text.Replace(InstalledPackages, Path.Combine(shared, "packages"), StringComparison.Ordinal)));

        string[] samples = [.. Directory.GetFiles(Path.Combine(shared, "inetd-examples/apps"), "*.cs")
            .Where(static file => !Path.GetFileName(file).StartsWith("edited-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]; // another test's
        Assert.Equal(7, samples.Length);
        // Each takes a compiler's time.
        foreach (string sample in samples.OrderBy(sample => !sample.EndsWith("hello.cs", StringComparison.Ordinal)).Take(TestExtent.Of(1, samples.Length)))
            await BuildAsync(sample);
        Assert.Contains("value=\"/usr/share/shims/packages\"", await File.ReadAllTextAsync(Path.Combine(shared, "nuget.config"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_example_in_the_doc_comments_of_the_library_and_on_the_page_on_handlers_compiles()
    {
        Requires.Tools("dotnet");
        Requires.That(Directory.Exists(Repository.PathTo("artifacts/packages")), "the package: make pack");
        using var folder = new TemporaryFolder();
        using ZipArchive package = ZipFile.OpenRead(Directory.GetFiles(Repository.PathTo("artifacts/packages"), "Shims.*.nupkg").Single(static path => !path.Contains("AspNetCore", StringComparison.Ordinal)));
        using Stream documentation = package.GetEntry("lib/net10.0/Shims.xml")!.Open();
        string[] examples =
        [
            .. XDocument.Load(documentation).Descendants("example").Select(example => example.Element("code")!.Value).Distinct(),
            // AppPageTests compile the page on apps.
            .. MarkdownFile.Guides.Except(["docs/aspnetcore.md"]).SelectMany(page => MarkdownFile.Read(page).Blocks)
                .Where(block => block.Language == "csharp" && !IsWholeFile(block)).Select(block => block.Text),
        ];
        Assert.True(examples.Length > 40, $"{examples.Length} examples");
        var source = new StringBuilder($"""
            #:package Shims@*
            #:property RestoreAdditionalProjectSources={Repository.PathTo("artifacts/packages")}
            #:property NoWarn=CS0162;CS1998
            using System.Diagnostics;
            using System.Reflection;
            using System.Text.Json.Serialization;
            using Shims;
            using Shims.Diagnostics;

            return 0;

            """);
        for (int i = 0; i < examples.Length; i++)
            Append(source, $"Example{i}", examples[i]);
        source.Append("""
            abstract class Given
            {
                protected CgiRequest request = null!;
                protected CgiResponse response = null!;
                protected ShimApp app = null!;
                protected Action<ShimApp> routes = null!;
            }

            """);
        await BuildAsync(folder.Write("examples.cs", source.ToString()));
    }

    private static bool IsWholeFile(CodeBlock block) => block.Language == "csharp" && block.Text.StartsWith("#!", StringComparison.Ordinal);

    /// <summary>An example is statements, and types; a line of dots ends the types.</summary>
    private static void Append(StringBuilder source, string name, string example)
    {
        var types = new StringBuilder();
        var statements = new StringBuilder();
        bool isType = false;
        // The generator of JSON code names its files after the context alone.
        example = example.Replace("NotesJson", name + "Json", StringComparison.Ordinal);
        string[] lines = example.TrimEnd().TrimStart('\r', '\n').Split('\n');
        // The compiler writes them as far to the right as the comment stood.
        int indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        foreach (string line in lines.Select(line => line.Length >= indent ? line[indent..] : ""))
        {
            if (line.StartsWith('#') || line.StartsWith("using Shims", StringComparison.Ordinal))
                continue;
            isType |= s_types.Any(start => line.StartsWith(start, StringComparison.Ordinal));
            if (line == "...")
                isType = false;
            else
                (isType ? types : statements).Append(line).Append('\n');
        }
        source.Append($"partial class {name} : Given\n{{\n{types}\nint Run(string[] args)\n{{\n{statements}\nreturn 0;\n}}\n}}\n");
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

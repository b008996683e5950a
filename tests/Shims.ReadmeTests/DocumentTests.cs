using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Shims.ReadmeTests;

/// <summary>What the other documents say of this repository.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_test_that_SECURITY_names_exists()
    {
        string[] named = [.. TestName().Matches(File.ReadAllText(Repository.PathTo("SECURITY.md"))).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(named);
        ILookup<string, string> files = Directory.EnumerateFiles(Repository.PathTo("tests"), "*Tests.cs", SearchOption.AllDirectories).ToLookup(path => Path.GetFileNameWithoutExtension(path));
        Assert.All(named, name =>
        {
            string[] parts = name.Split('.');
            Assert.True(files[parts[0]].Any(file => File.ReadAllText(file).Contains($" {parts[1]}(", StringComparison.Ordinal)), $"there is no test {name}");
        });
    }

    [Fact]
    public void Every_folder_is_on_the_map_and_every_place_on_the_map_exists()
    {
        string[] mapped = [.. MarkdownFile.Read("CONTRIBUTING.md").Rows("Where everything is").SelectMany(row => row[0].Split(", ")).Select(cell => cell.Trim('`')).Where(cell => cell.Length > 0)];
        Assert.All(mapped, place => Assert.True(Directory.Exists(Repository.PathTo(place)), $"{place} does not exist"));
        string[] folders = [.. new[] { "src", "src/Shims", "tests" }.SelectMany(FoldersIn).Where(folder => folder != "src/Shims/"), "inetd-examples/", "nginx-examples/", "webserver-examples/", "scripts/"];
        Assert.Empty(folders.Except(mapped));
    }

    [Fact]
    public void The_version_that_is_built_heads_the_changelog()
    {
        string version = XDocument.Load(Repository.PathTo("Directory.Build.props")).Descendants("Version").Single().Value;
        string newest = File.ReadLines(Repository.PathTo("CHANGELOG.md")).First(line => line.StartsWith("## [", StringComparison.Ordinal));
        Assert.StartsWith($"## [{version}]", newest);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("shim-dotnet"), InlineData("shimctl")]
    public async Task The_programs_are_of_that_version(string program)
    {
        string version = XDocument.Load(Repository.PathTo("Directory.Build.props")).Descendants("Version").Single().Value;
        Assert.StartsWith($"{program} {version}", await Command.RunAsync(Repository.Program(program), ["--version"]));
    }

    private static IEnumerable<string> FoldersIn(string folder) => Directory.EnumerateDirectories(Repository.PathTo(folder))
        .Where(path => Directory.EnumerateFiles(path).Any())
        .Select(path => $"{folder}/{Path.GetFileName(path)}/")
        .Where(path => !path.EndsWith("/bin/", StringComparison.Ordinal) && !path.EndsWith("/obj/", StringComparison.Ordinal));

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}

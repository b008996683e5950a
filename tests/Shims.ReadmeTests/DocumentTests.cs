using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Shims.ReadmeTests;

/// <summary>The documents are true of this repository.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Pages => [.. MarkdownFile.Guides.Except(["README.md"])];

    [Fact]
    public void Every_test_that_the_page_on_security_names_exists()
    {
        string[] named = [.. TestName().Matches(File.ReadAllText(Repository.PathTo("docs/security.md"))).Select(match => match.Groups[1].Value)];
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
        string[] mapped = [.. MarkdownFile.Read("CONTRIBUTING.md").Rows("Layout").SelectMany(row => row[0].Split(", ")).Select(cell => cell.Trim('`')).Where(cell => cell.Length > 0)];
        Assert.All(mapped, place => Assert.True(Directory.Exists(Repository.PathTo(place)), $"{place} does not exist"));
        string[] folders = [.. new[] { "src", "src/Shims", "tests" }.SelectMany(FoldersIn).Where(folder => folder != "src/Shims/"), "inetd-examples/", "nginx-examples/", "webserver-examples/", "scripts/"];
        Assert.Empty(folders.Except(mapped));
    }

    [Fact]
    public void The_README_has_at_most_150_lines() => Assert.InRange(File.ReadAllLines(Repository.PathTo("README.md")).Length, 1, 150);

    [Theory, MemberData(nameof(Pages))]
    public void The_title_of_a_page_is_the_question_that_it_answers(string page) => Assert.EndsWith("?", MarkdownFile.Read(page).Title);

    [Fact]
    public void The_version_that_is_built_heads_the_changelog()
    {
        string version = XDocument.Load(Repository.PathTo("Directory.Build.props")).Descendants("Version").Single().Value;
        string newest = File.ReadLines(Repository.PathTo("CHANGELOG.md")).First(line => line.StartsWith("## [", StringComparison.Ordinal));
        Assert.StartsWith($"## [{version}]", newest);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run"), InlineData("shim-dotnet"), InlineData("shimctl")]
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

using System.Xml.Linq;

namespace Shims.ReadmeTests;

/// <summary>docs/dependencies.md has a line, and a reason, for each package.</summary>
public sealed class DependencyTests
{
    private static readonly string[] s_sections = ["Packages that are shipped", "Packages that build and check", "Packages of the tests"];

    [Fact]
    public void Every_package_has_its_line_and_every_line_its_package()
    {
        string[] packages = [.. XDocument.Load(Repository.PathTo("Directory.Packages.props")).Descendants()
            .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference").Select(element => element.Attribute("Include")!.Value)];
        Assert.NotEmpty(packages);
        Assert.Equal(packages.Order(StringComparer.Ordinal), Rows().Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_line_has_a_use_and_a_reason() =>
        Assert.All(Rows(), row => Assert.True(row.Length == 3 && row.All(cell => cell.Length > 0), $"{row[0]} lacks a use or a reason"));

    [Fact]
    public void Every_action_of_a_workflow_is_named()
    {
        string text = File.ReadAllText(Repository.PathTo("docs/dependencies.md"));
        Assert.All(Workflow.All.SelectMany(workflow => workflow.Actions), action => Assert.Contains(action.Name, text));
    }

    private static List<string[]> Rows() => [.. s_sections.SelectMany(section => MarkdownFile.Read("docs/dependencies.md").Rows(section).Skip(1))];
}

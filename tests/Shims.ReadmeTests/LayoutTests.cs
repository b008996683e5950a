using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>Whether the types, files and folders that the documents name are there.</summary>
public sealed partial class LayoutTests
{
    private static readonly string[] s_sources =
        [.. Directory.EnumerateFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories), .. Directory.EnumerateFiles(Repository.PathTo("tests"), "*.cs", SearchOption.AllDirectories)];

    public static TheoryData<string> Documents => [.. MarkdownFile.Documents];

    [Theory, MemberData(nameof(Documents))]
    public void Each_type_that_a_document_names_with_its_folder_is_there(string document) => Assert.DoesNotContain(TypesIn(document), name => !Array.Exists(s_sources, file => file.EndsWith($"/{name}.cs", StringComparison.Ordinal)));

    [Fact]
    public void The_page_on_design_names_types_with_their_folders() => Assert.True(TypesIn("docs/design.md").Length >= 8, "the page on design names few types: is the expression that finds them still right?");

    [Theory, MemberData(nameof(Documents))]
    public void Each_file_and_folder_that_a_document_names_is_there(string document) =>
        Assert.DoesNotContain(PathInCheckout().Matches(File.ReadAllText(Repository.PathTo(document))), match => !Path.Exists(Repository.PathTo(match.Groups[1].Value)));

    private static string[] TypesIn(string document) => [.. TypeInFolder().Matches(File.ReadAllText(Repository.PathTo(document))).Select(match => match.Value).Distinct()];

    /// <summary>Such as Cgi/ScriptResolver.</summary>
    [GeneratedRegex(@"(?<![\w/.])(?!CGI/|HTTP/|GNU/)[A-Z]\w+/[A-Z]\w+(?![\w/.-])")]
    private static partial Regex TypeInFolder();

    [GeneratedRegex(@"`((?:src|tests|docs|scripts|screenshots|inetd-examples|nginx-examples|webserver-examples|\.github|\.devcontainer|packaging)/[\w./@-]*)`")]
    private static partial Regex PathInCheckout();
}

namespace Shims.ReadmeTests;

/// <summary>Links between the documents, and from them to files.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Documents => [.. Directory.EnumerateFiles(Repository.Root, "*.md").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Documents))]
    public void Every_internal_link_leads_somewhere(string document)
    {
        var file = MarkdownFile.Read(document);
        Assert.All(file.InternalLinks, link =>
        {
            string[] parts = link.Split('#', 2);
            string path = parts[0].Length == 0 ? document : parts[0];
            Assert.True(Path.Exists(Repository.PathTo(path)), $"{document} links to {path}, which does not exist");
            if (parts.Length > 1)
                Assert.True(MarkdownFile.Read(path).Anchors.Contains(parts[1]), $"{document} links to {link}, but {path} has no such heading");
        });
    }

    [Theory, InlineData("README.md"), InlineData("CHANGELOG.md"), InlineData("SECURITY.md"), InlineData("CONTRIBUTING.md"), InlineData("LICENSE")]
    public void Every_document_is_there(string document) => Assert.True(File.Exists(Repository.PathTo(document)), $"{document} is missing");
}

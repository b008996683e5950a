namespace Shims.ReadmeTests;

/// <summary>Links between the documents, and from them to files.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Documents => [.. MarkdownFile.Documents];

    [Theory, MemberData(nameof(Documents))]
    public void Every_internal_link_of_a_document_leads_to_a_file_and_a_heading_that_exist(string document)
    {
        var file = MarkdownFile.Read(document);
        Assert.All(file.InternalLinks, link =>
        {
            string path = file.Resolve(link);
            Assert.True(Path.Exists(Repository.PathTo(path)), $"{document} links to {path}, which does not exist");
            if (link.Split('#', 2) is [_, var anchor])
                Assert.True(MarkdownFile.Read(path).Anchors.Contains(anchor), $"{document} links to {link}, but {path} has no such heading");
        });
    }

    [Fact]
    public void Every_page_of_docs_can_be_reached_from_the_README()
    {
        var reached = new HashSet<string> { "README.md" };
        var waiting = new Queue<string>(reached);
        while (waiting.TryDequeue(out string? document))
        {
            var file = MarkdownFile.Read(document);
            foreach (string path in file.InternalLinks.Select(file.Resolve).Where(path => path.EndsWith(".md", StringComparison.Ordinal) && reached.Add(path)))
                waiting.Enqueue(path);
        }
        Assert.Empty(MarkdownFile.Guides.Except(reached));
    }

    [Theory, InlineData("README.md"), InlineData("CHANGELOG.md"), InlineData("SECURITY.md"), InlineData("CONTRIBUTING.md"), InlineData("LICENSE"), InlineData("docs/style.md")]
    public void Every_document_that_readers_look_for_is_there(string document) => Assert.True(File.Exists(Repository.PathTo(document)), $"{document} is missing");
}

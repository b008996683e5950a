using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>What a reader copies from the README is what the end-to-end tests have run.</summary>
public sealed partial class SnippetTests
{
    private static readonly MarkdownFile s_readme = MarkdownFile.Read("README.md");

    [Fact]
    public void Every_block_says_what_a_reader_does_with_it() =>
        Assert.All(s_readme.Blocks, block => Assert.Contains(block.Language, (IEnumerable<string>)["cgi", "inetd", "nginx", "sh", "console", "text", "csharp"]));

    [Fact]
    public void Every_configuration_is_part_of_a_shipped_example()
    {
        string[] examples = [.. new[] { "inetd-examples", "nginx-examples" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathTo(folder), "*", SearchOption.AllDirectories))
            .Select(path => Normalize(File.ReadAllText(path)))];
        CodeBlock[] configurations = [.. s_readme.Blocks.Where(block => block.Language is "cgi" or "inetd" or "nginx")];
        Assert.NotEmpty(configurations);
        Assert.All(configurations, block => Assert.True(examples.Any(example => example.Contains(Normalize(block.Text), StringComparison.Ordinal)), $"in no example file: {block}"));
    }

    [Fact]
    public void The_script_on_the_first_screen_is_a_whole_one()
    {
        CodeBlock script = Assert.Single(s_readme.Blocks, block => block.Language == "cgi");
        Assert.Equal(File.ReadAllText(Repository.PathTo("inetd-examples/cgi-bin/hello.cgi")), script.Text);
    }

    /// <summary>Line for line, but for how far lines are indented and columns lie apart.</summary>
    private static string Normalize(string text) => "\n" + string.Join('\n', text.TrimEnd('\n').Split('\n').Select(line => Blanks().Replace(line.Trim(), " "))) + "\n";

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();
}

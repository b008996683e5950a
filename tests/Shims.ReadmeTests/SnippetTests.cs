using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>The blocks of README and docs/: configurations are parts of files that the tests of servers run; <see cref="CommandTests"/> runs the commands.</summary>
public sealed partial class SnippetTests
{
    private static readonly string[] s_configurations = ["cgi", "inetd", "nginx", "apache", "lighttpd", "caddyfile", "haproxy", "logrotate"];

    /// <summary>Blocks of text are output, pictures and forms; every other one is run, compiled, or part of a file that is.</summary>
    private static readonly string[] s_languages = [.. s_configurations, "sh", "console", "csharp", "text"];

    private static readonly Lazy<string[]> s_examples = new(static () => [.. new[] { "inetd-examples", "nginx-examples", "webserver-examples" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.PathTo(folder), "*", SearchOption.AllDirectories))
        .Select(path => Normalize(File.ReadAllText(path)))]);

    public static TheoryData<string> Guides => [.. MarkdownFile.Guides];

    [Theory, MemberData(nameof(Guides))]
    public void Every_block_of_a_page_says_how_a_reader_uses_it(string page) =>
        Assert.All(MarkdownFile.Read(page).Blocks, block => Assert.Contains(block.Language, s_languages));

    [Theory, MemberData(nameof(Guides))]
    public void Every_configuration_of_a_page_is_part_of_a_shipped_example(string page)
    {
        CodeBlock[] configurations = [.. MarkdownFile.Read(page).Blocks.Where(block => s_configurations.Contains(block.Language))];
        Assert.All(configurations, block => Assert.True(s_examples.Value.Any(example => example.Contains(Normalize(block.Text), StringComparison.Ordinal)), $"in no example file: {block}"));
    }

    [Fact]
    public void The_pages_show_configurations_of_every_kind() =>
        Assert.All(s_configurations, language => Assert.Contains(MarkdownFile.Guides.SelectMany(page => MarkdownFile.Read(page).Blocks), block => block.Language == language));

    [Fact]
    public void The_script_of_the_README_is_the_whole_sample_script()
    {
        CodeBlock script = Assert.Single(MarkdownFile.Read("README.md").Blocks, block => block.Language == "cgi");
        Assert.Equal(File.ReadAllText(Repository.PathTo("inetd-examples/cgi-bin/hello.cgi")), script.Text);
    }

    /// <summary>Line for line, but for how far lines are indented and columns lie apart.</summary>
    private static string Normalize(string text) => "\n" + string.Join('\n', text.TrimEnd('\n').Split('\n').Select(line => Blanks().Replace(line.Trim(), " "))) + "\n";

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();
}

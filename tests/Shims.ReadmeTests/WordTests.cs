using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>The words that docs/style.md rules out.</summary>
public sealed partial class WordTests
{
    private static readonly Regex[] s_words = [NegatedNoun(), Whoever(), Nobody(), WhatIsWhat(), ExitCode()];

    /// <summary>The list of messages is a copy of words in src/, and is counted there.</summary>
    private const string Messages = "docs/messages.md";

    /// <param name="place">A file, or a folder of which each document and source file is read.</param>
    [Theory, InlineData("README.md"), InlineData("docs"), InlineData("CONTRIBUTING.md"), InlineData("SECURITY.md"), InlineData("CHANGELOG.md"), InlineData("src")]
    [InlineData("inetd-examples"), InlineData("nginx-examples"), InlineData("webserver-examples")]
    public void A_text_has_none_of_the_words_that_the_style_rules_out(string place) => Assert.Empty(FilesOf(place).SelectMany(Findings));

    [Theory]
    [InlineData("a name that is no file"), InlineData("Whoever reads it"), InlineData("and Nobody knows"), InlineData("What it says is what counts"), InlineData("its exit code")]
    public void The_list_finds_each_of_these_words(string text) => Assert.NotEmpty(FindingsIn(text));

    [Theory, InlineData("there is no such file"), InlineData("it is no longer there"), InlineData("run it as `nobody`"), InlineData("[\"nobody\"]"), InlineData("the exit status is what counts")]
    public void The_list_lets_ordinary_words_pass(string text) => Assert.Empty(FindingsIn(text));

    private static IEnumerable<string> FilesOf(string place) => File.Exists(Repository.PathTo(place))
        ? [place]
        : Directory.EnumerateFiles(Repository.PathTo(place), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => (place.EndsWith("-examples", StringComparison.Ordinal) || Path.GetExtension(path) is ".md" or ".cs" or ".c" or ".1" or ".8" or ".html" or ".js") && path != Messages && !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static IEnumerable<string> Findings(string path) =>
        File.ReadLines(Repository.PathTo(path)).SelectMany((line, index) => FindingsIn(line).Select(word => $"{path}:{index + 1}: {word}"));

    private static IEnumerable<string> FindingsIn(string line) => s_words.SelectMany(word => word.Matches(line)).Select(match => match.Value);

    [GeneratedRegex(@"(?<!\bthere )\bis no (?!longer\b)\S*", RegexOptions.IgnoreCase)]
    private static partial Regex NegatedNoun();

    [GeneratedRegex(@"\bwhoever\b", RegexOptions.IgnoreCase)]
    private static partial Regex Whoever();

    /// <summary>But for the account, which stands in quotation marks or backticks.</summary>
    [GeneratedRegex(@"(?<![""`])\bnobody\b(?![""`])", RegexOptions.IgnoreCase)]
    private static partial Regex Nobody();

    [GeneratedRegex(@"\bwhat\b[^.;:|]*\bis what\b", RegexOptions.IgnoreCase)]
    private static partial Regex WhatIsWhat();

    /// <summary>"exit status" is the one term. <c>ExitCode</c> is a type.</summary>
    [GeneratedRegex(@"\bexit codes?\b", RegexOptions.IgnoreCase)]
    private static partial Regex ExitCode();
}

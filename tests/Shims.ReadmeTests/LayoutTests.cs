using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>Whether the map of the source in CONTRIBUTING.md is true.</summary>
public sealed partial class LayoutTests
{
    [Fact]
    public void Each_type_that_the_map_names_with_its_folder_is_there()
    {
        string[] named = [.. TypeInFolder().Matches(File.ReadAllText(Repository.PathTo("CONTRIBUTING.md"))).Select(match => match.Value).Distinct()];
        Assert.True(named.Length >= 8, $"the map names {named.Length} types");
        string[] files = [.. Directory.EnumerateFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories), .. Directory.EnumerateFiles(Repository.PathTo("tests"), "*.cs", SearchOption.AllDirectories)];
        Assert.DoesNotContain(named, name => !Array.Exists(files, file => file.EndsWith($"/{name}.cs", StringComparison.Ordinal)));
    }

    [Fact]
    public void Each_folder_that_the_map_names_is_there() =>
        Assert.DoesNotContain(Folder().Matches(File.ReadAllText(Repository.PathTo("CONTRIBUTING.md"))), match => !Directory.Exists(Repository.PathTo(match.Groups[1].Value)));

    /// <summary>Such as Cgi/ScriptResolver.</summary>
    [GeneratedRegex(@"(?<![\w/.])[A-Z]\w+/[A-Z]\w+(?![\w/.])")]
    private static partial Regex TypeInFolder();

    [GeneratedRegex(@"`((?:src|tests|docs|scripts)/[\w./-]*/)`")]
    private static partial Regex Folder();
}

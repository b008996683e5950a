using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>Counts, sizes and names of members in README and docs/ are those of this repository.</summary>
public sealed partial class FactTests
{
    private static readonly string[] s_numbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>The programs that `make` builds.</summary>
    private static readonly string[] s_programs =
        File.ReadLines(Repository.PathTo("Makefile")).Single(line => line.StartsWith("PROGRAMS = ", StringComparison.Ordinal)).Split(' ')[2..];

    public static TheoryData<string> Guides => [.. MarkdownFile.Guides];

    /// <summary>Name and size, as the table of the README has them.</summary>
    public static TheoryData<string, string> Sizes
    {
        get
        {
            var sizes = new TheoryData<string, string>();
            foreach (string[] row in ProgramRows())
                sizes.Add(row[1].Trim('`'), row[2]);
            return sizes;
        }
    }

    [Fact]
    public void The_README_has_a_row_for_each_program() => Assert.Equal(s_programs.Order(StringComparer.Ordinal), ProgramRows().Select(row => row[1].Trim('`')).Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Sizes))]
    public void The_size_of_a_program_in_the_README_is_right_to_a_tenth(string program, string size) => AssertSize(size, Repository.Program(program));

    [Fact]
    public void The_size_of_a_native_handler_in_the_page_on_handlers_is_right_to_a_tenth()
    {
        string hello = Repository.PathTo("artifacts/publish/apps/hello/hello");
        Requires.That(File.Exists(hello), "the sample apps: make apps");
        Match size = Assert.Single(NativeProgram().Matches(File.ReadAllText(Repository.PathTo("docs/handlers.md"))));
        AssertSize(size.Groups[1].Value, hello);
    }

    [Theory, MemberData(nameof(Guides))]
    public void A_page_that_counts_the_programs_counts_right(string page) =>
        Assert.All(Count().Matches(File.ReadAllText(Repository.PathTo(page))), match => Assert.Equal(s_programs.Length, Array.IndexOf(s_numbers, match.Groups[1].Value.ToLowerInvariant())));

    [Fact]
    public void The_page_on_compatibility_counts_configurations_checks_and_applications_right()
    {
        string page = File.ReadAllText(Repository.PathTo("docs/compatibility.md"));
        var matrix = MarkdownFile.Read("docs/compatibility/checks.md");
        string[][] webServers = [.. matrix.Rows(matrix.Title)], superServers = [.. matrix.Rows("Every super-server")], applications = [.. matrix.Rows("Applications")];
        Assert.Contains(
            $"{webServers.Length - 1} configurations of web servers × {webServers[0].Length - 1} checks, {superServers.Length - 1} configurations of super-servers × {superServers[0].Length - 1} checks, and {applications[0].Length - 1} applications",
            page);
    }

    [Theory, MemberData(nameof(Guides))]
    public void Every_member_of_the_library_that_a_page_names_is_public(string page)
    {
        string surface = File.ReadAllText(Repository.PathTo("src/Shims/PublicAPI.Unshipped.txt")) + File.ReadAllText(Repository.PathTo("src/Shims/PublicAPI.Shipped.txt"));
        Assert.All(Member().Matches(File.ReadAllText(Repository.PathTo(page))), match => Assert.Matches($@"Shims\.{match.Groups[1].Value}\.{match.Groups[2].Value}\b", surface));
    }

    private static IEnumerable<string[]> ProgramRows() => MarkdownFile.Read("README.md").Rows("Which program do I want?").Skip(1);

    private static void AssertSize(string size, string path)
    {
        Assert.EndsWith(" MB", size);
        double said = double.Parse(size[..^3], CultureInfo.InvariantCulture), real = new FileInfo(path).Length / 1e6;
        Assert.True(Math.Abs(real - said) <= said / 10, string.Create(CultureInfo.InvariantCulture, $"{path} has {real:0.0} MB, not {said}"));
    }

    [GeneratedRegex(@"native program of (\S+ MB)")]
    private static partial Regex NativeProgram();

    [GeneratedRegex(@"\b([Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even) (?:native )?programs\b")]
    private static partial Regex Count();

    [GeneratedRegex(@"`(Shim|ShimOptions|CgiRequest|CgiResponse|CgiAuthorization|CgiForm)\.(\w+)")]
    private static partial Regex Member();
}

namespace Shims.ReadmeTests;

/// <summary>The README's figures are those of the last whole run of <c>make bench</c>.</summary>
public sealed class FigureTests
{
    private const string Source = "tests/Shims.Benchmarks/BENCHMARKS.md";
    private const string Start = "<!-- figures: written from tests/Shims.Benchmarks/BENCHMARKS.md; see CONTRIBUTING.md -->\n";
    private const string End = "<!-- end of figures -->";

    /// <summary>Which columns of the source a reader of the README wants.</summary>
    private static readonly string[] s_columns = ["subject", "baseline", "subject's figure", "baseline's figure", "ratio"];

    [Fact]
    public void The_table_is_the_one_that_was_measured()
    {
        string readme = File.ReadAllText(Repository.PathTo("README.md"));
        int start = readme.IndexOf(Start, StringComparison.Ordinal), end = readme.IndexOf(End, StringComparison.Ordinal);
        Assert.True(start >= 0 && end > start, "the README has lost the marks around its figures");
        Assert.SkipUnless(File.Exists(Repository.PathTo(Source)), "needs figures: run make bench");

        start += Start.Length;
        string figures = Format(File.ReadAllLines(Repository.PathTo(Source)));
        if (readme[start..end] == figures) return;
        if (Environment.GetEnvironmentVariable("UPDATE_README") == "1")
            File.WriteAllText(Repository.PathTo("README.md"), readme[..start] + figures + readme[end..]);
        else
            Assert.Fail($"the README's figures are not those of {Source}: run UPDATE_README=1 dotnet test tests/Shims.ReadmeTests");
    }

    private static string Format(string[] source)
    {
        string[] heads = CellsOf(source.First(line => line.StartsWith("| row", StringComparison.Ordinal)));
        int[] columns = [.. s_columns.Select(name => Array.IndexOf(heads, name))];
        string machine = source.First(line => line.StartsWith("Machine: ", StringComparison.Ordinal));
        IEnumerable<string> rows = source.SkipWhile(line => !line.StartsWith("| --", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.StartsWith('|'))
            .Select(line => Row(columns.Select(column => CellsOf(line)[column])))
            .Where(line => line.Contains('×', StringComparison.Ordinal)); // those that could be measured
        return $"""
            {Row(["measured", "compared with", "figure", "its figure", "ratio"])}
            {Row(s_columns.Select(_ => "---"))}
            {string.Join('\n', rows)}

            {machine} Milliseconds are for a whole process, start to end; requests/s are through nginx. `make bench` measures on yours; [how](tests/Shims.Benchmarks/BENCHMARKS.md).

            """;
    }

    private static string[] CellsOf(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}

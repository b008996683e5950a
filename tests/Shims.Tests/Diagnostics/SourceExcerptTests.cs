using Shims.Diagnostics;

namespace Shims.Tests.Diagnostics;

/// <summary>A line of source between its neighbours.</summary>
public sealed class SourceExcerptTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly string _file;

    public SourceExcerptTests() => _file = Path.Combine(_folder.FullName, "notes.cs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData(1, 1, "one", "two"), InlineData(2, 1, "one", "two", "three"), InlineData(3, 2, "two", "three", "four"), InlineData(4, 3, "three", "four")]
    public void An_excerpt_is_the_line_and_its_neighbours(int line, int first, params string[] lines)
    {
        File.WriteAllText(_file, "one\ntwo\nthree\nfour\n");
        SourceExcerpt excerpt = SourceExcerpt.Read(_file, line)!;
        Assert.Equal(first, excerpt.First);
        Assert.Equal(lines, excerpt.Lines);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(3), InlineData(int.MaxValue - 2)]
    public void A_line_that_the_file_does_not_have_has_no_excerpt(int line)
    {
        File.WriteAllText(_file, "one\ntwo\n");
        Assert.Null(SourceExcerpt.Read(_file, line));
    }

    [Theory, InlineData("/nowhere/at/all.cs"), InlineData("/"), InlineData("")]
    public void A_file_that_cannot_be_read_has_no_excerpt(string file) => Assert.Null(SourceExcerpt.Read(file, 1));

    [Fact]
    public void A_long_line_is_cut()
    {
        File.WriteAllText(_file, new string('x', 100_000));
        Assert.Equal(new string('x', 240) + "…", Assert.Single(SourceExcerpt.Read(_file, 1)!.Lines));
    }
}

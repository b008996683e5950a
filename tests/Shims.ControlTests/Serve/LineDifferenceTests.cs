using Shims.Control.Serve.Views;

namespace Shims.ControlTests.Serve;

/// <summary>The difference between two texts, line by line.</summary>
public sealed class LineDifferenceTests
{
    [Theory]
    [InlineData("a b c", "a b c", "")]
    [InlineData("a b c", "a x c", "=a -b +x =c")]
    [InlineData("", "a b", "+a +b")]
    [InlineData("a b", "", "-a -b")]
    [InlineData("a b c a b b a", "c b a b a c", "-a -b =c +b =a =b -b =a +c")]
    [InlineData("1 2 3 4 5 6 7 8 9 x", "1 2 3 4 5 6 7 8 9 y", ".6 equal lines =7 =8 =9 -x +y")]
    [InlineData("x 1 2 3 4 5 6 7 8 y", "X 1 2 3 4 5 6 7 8 Y", "-x +X =1 =2 =3 .2 equal lines =6 =7 =8 -y +Y")]
    public void Difference_is_the_shortest_one_with_three_equal_lines_around_it(string first, string second, string expected) =>
        Assert.Equal(expected, string.Join(' ', LineDifference.Of(Lines(first), Lines(second)).Select(line => line.Side + line.Text)));

    [Fact]
    public void Difference_leads_from_the_first_text_to_the_second()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            string[] first = Text(), second = Text();
            LineDifference.Line[] lines = [.. LineDifference.Of(first, second)];
            if (lines.Length == 0)
            {
                Assert.Equal(first, second);
                continue;
            }
            // Lines that were left out are equal, so they are left out of both.
            if (lines.Any(line => line.Side == "."))
                continue;
            Assert.Equal(first, lines.Where(line => line.Side != "+").Select(line => line.Text));
            Assert.Equal(second, lines.Where(line => line.Side != "-").Select(line => line.Text));
        }

        string[] Text() => [.. Enumerable.Range(0, random.Next(12)).Select(_ => ((char)('a' + random.Next(3))).ToString())];
    }

    [Fact]
    public void Long_texts_without_a_common_line_are_shown_one_after_the_other()
    {
        string[] first = [.. Enumerable.Range(0, 5000).Select(i => $"a{i}")], second = [.. Enumerable.Range(0, 5000).Select(i => $"b{i}")];
        IReadOnlyList<LineDifference.Line> lines = LineDifference.Of(first, second);
        Assert.Equal(2 * LineDifference.MaxLines, lines.Count);
        Assert.Equal(["a0", "b1999"], [lines[0].Text, lines[^1].Text]);
    }

    private static string[] Lines(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

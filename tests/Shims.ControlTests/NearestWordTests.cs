using Shims.Programs;

namespace Shims.ControlTests;

public sealed class NearestWordTests
{
    private static readonly string[] s_options = ["--timeout", "--output-wait", "--header-timeout", "--record", "--record-all", "--record-secrets", "--max", "--max-body", "--idle"];

    [Theory]
    [InlineData("--timout", "--timeout")]
    [InlineData("--tiemout", "--timeout")]
    [InlineData("--Timeout", "--timeout")]
    [InlineData("--time", "--timeout")]
    [InlineData("--recrod", "--record")]
    [InlineData("--recordall", "--record-all")]
    [InlineData("--maxbody", "--max-body")]
    [InlineData("--maxx", "--max")]
    [InlineData("--idel", "--idle")]
    [InlineData("--frobnicate", null)]
    [InlineData("-x", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_the_one_that_was_meant_and_no_other_is_suggested(string word, string? expected) => Assert.Equal(expected, NearestWord.Among(word, s_options));

    [Theory, InlineData("nginks", "nginx"), InlineData("lighty", "lighttpd"), InlineData("apache2", "apache"), InlineData("", "caddy")]
    public void Of_a_few_choices_the_nearest_is_the_example(string word, string expected) =>
        Assert.Equal(expected, NearestWord.Closest(word, ["caddy", "apache", "lighttpd", "haproxy", "nginx"]));

    [Fact]
    public void A_very_long_word_is_near_to_none() => Assert.Null(NearestWord.Among(new string('x', 100_000), s_options));
}

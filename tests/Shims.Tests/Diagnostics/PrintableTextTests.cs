using System.Globalization;
using System.Text;
using Shims.Diagnostics;

namespace Shims.Tests.Diagnostics;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("/srv/cgi/a.cgi", "/srv/cgi/a.cgi")]
    [InlineData("", "")]
    [InlineData("a b", "a b")]
    [InlineData("é€😀", "é€😀")]
    public void Ordinary_text_stays_what_it_is(string text, string expected) => Assert.Equal(expected, PrintableText.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void No_byte_makes_a_second_line_or_speaks_to_a_terminal()
    {
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
            {
                string text = PrintableText.Of([(byte)'a', (byte)first, (byte)second, (byte)'b']);
                Assert.DoesNotContain(text, char.IsControl);
            }
        }
    }

    [Fact]
    public void No_character_ends_a_line()
    {
        foreach (string separator in new[] { "\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028", "\u2029", "\0" })
        {
            string text = PrintableText.Of(Encoding.UTF8.GetBytes($"one{separator}scgi-run[1]: 00000000: forged"));
            Assert.DoesNotContain(text, character => char.IsControl(character) || char.GetUnicodeCategory(character) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
        }
    }

    [Theory, InlineData("\u202E"), InlineData("\u200B"), InlineData("\u2066"), InlineData("\uFEFF"), InlineData("\u00AD"), InlineData("\U000E0001"), Trait("fault", "L1")]
    public void No_invisible_character_stays(string format) => Assert.Equal("a?b", PrintableText.Of($"a{format}b"));

    [Fact]
    public void Lines_become_one() => Assert.Equal("one / two / three / four", PrintableText.Of("one\ntwo\r\nthree\rfour"));

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_shown_as_unknown() => Assert.Equal("a\uFFFDb", PrintableText.Of([(byte)'a', 0xFF, (byte)'b']));
}

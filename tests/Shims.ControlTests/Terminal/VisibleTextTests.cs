using System.Text;
using Shims.Control.Terminal;

namespace Shims.ControlTests.Terminal;

/// <summary>Nothing that a visitor or a script has written moves the cursor, changes a colour or turns the direction of writing.</summary>
public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("Grüße, 世界 🦊", "Grüße, 世界 🦊")]
    [InlineData("\e[31mred", "\\x1b[31mred")]
    [InlineData("a\nb\tc\rd\0", "a\\x0ab\\x09c\\x0dd\\x00")]
    [InlineData("a\u009b31m", "a\\xc2\\x9b31m")]
    [InlineData("evil\u202etxt", "evil\\xe2\\x80\\xaetxt")]
    [InlineData("a\u200bb\u2028c", "a\\xe2\\x80\\x8bb\\xe2\\x80\\xa8c")]
    [InlineData("\\x1b", "\\\\x1b")]
    [InlineData("", "")]
    public void What_a_terminal_would_obey_is_escaped(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    [Fact]
    public void Every_byte_that_is_no_UTF_8_is_escaped_by_itself() =>
        Assert.Equal("a\\xe9\\xff\\xe2\\x82z", VisibleText.Of([(byte)'a', 0xe9, 0xff, 0xe2, 0x82, (byte)'z']));

    [Fact]
    public void No_byte_of_any_kind_comes_out_as_a_control()
    {
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
                Assert.DoesNotContain(VisibleText.Of([(byte)first, (byte)second]), char.IsControl);
        }
    }

    [Fact]
    public void Lines_end_in_either_way_and_a_lone_CR_is_shown() =>
        Assert.Equal(["one", "two\tx", "", "th\\x0dree"], VisibleText.Lines("one\r\ntwo\tx\n\nth\rree\n"u8));

    [Fact]
    public void A_picture_is_no_text()
    {
        Assert.False(VisibleText.IsText([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0]));
        Assert.True(VisibleText.IsText(Encoding.UTF8.GetBytes("name=Ada\r\n\tÜ")));
        Assert.True(VisibleText.IsText([]));
    }
}

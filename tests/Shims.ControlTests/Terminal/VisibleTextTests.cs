using System.Text;
using Shims.Control.Terminal;

namespace Shims.ControlTests.Terminal;

/// <summary>Untrusted text cannot move the cursor, change colours or change the direction of writing.</summary>
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
    public void Control_characters_are_escaped_for_a_terminal(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_escaped_one_by_one() =>
        Assert.Equal("a\\xe9\\xff\\xe2\\x82z", VisibleText.Of([(byte)'a', 0xe9, 0xff, 0xe2, 0x82, (byte)'z']));

    [Fact]
    public void Escaped_text_contains_no_control_character()
    {
        for (int first = 0; first < 256; first++)
        {
            for (int second = 0; second < 256; second++)
                Assert.DoesNotContain(VisibleText.Of([(byte)first, (byte)second]), char.IsControl);
        }
    }

    [Fact]
    public void Lines_end_with_LF_or_CR_LF_and_a_lone_CR_is_escaped() =>
        Assert.Equal(["one", "two\tx", "", "th\\x0dree"], VisibleText.Lines("one\r\ntwo\tx\n\nth\rree\n"u8));

    [Fact]
    public void Image_data_is_not_text()
    {
        Assert.False(VisibleText.IsText([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0]));
        Assert.True(VisibleText.IsText(Encoding.UTF8.GetBytes("name=Ada\r\n\tÜ")));
        Assert.True(VisibleText.IsText([]));
    }
}

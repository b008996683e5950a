using System.Text.Json;
using Shims.Diagnostics;

namespace Shims.Tests.Diagnostics;

public sealed class JsonLineTests
{
    [Fact]
    public void Each_character_comes_back_as_it_was_and_none_of_them_speaks_to_a_terminal()
    {
        for (int character = 0; character < 0x3000; character++)
        {
            if (char.IsSurrogate((char)character))
                continue;
            string text = $"a{(char)character}b\U0001F600", line = new JsonLine().Add("name", text).ToString();
            Assert.Equal(text, JsonDocument.Parse(line).RootElement.GetProperty("name").GetString());
            Assert.DoesNotContain(line, static next => char.IsControl(next) || next is '\u2028' or '\u2029' or '\u202E');
        }
    }

    [Fact]
    public void A_value_that_is_not_there_has_no_name() =>
        Assert.Equal("{\"a\":\"b\",\"c\":-3}", new JsonLine().Add("x", (string?)null).Add("a", "b").Add("y", (long?)null).Add("c", -3).ToString());
}

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

    [Theory, InlineData(0, "0.000"), InlineData(7, "0.007"), InlineData(1_000, "1.000"), InlineData(3_723_418, "3723.418"), InlineData(long.MaxValue, "9223372036854775.807")]
    public void A_time_is_seconds_to_the_millisecond(long milliseconds, string expected) =>
        Assert.Equal($"{{\"s\":{expected}}}", new JsonLine().AddSeconds("s", milliseconds).ToString());

    [Fact]
    public void A_list_has_objects_in_their_order() => Assert.Equal(
        "{\"none\":[],\"some\":[{\"a\":1},{\"b\":true}],\"c\":false}",
        new JsonLine().Add("none", []).Add("some", [new JsonLine().Add("a", 1), new JsonLine().Add("b", true)]).Add("c", false).ToString());

    [Fact]
    public void A_value_that_is_not_there_has_no_name() =>
        Assert.Equal("{\"a\":\"b\",\"c\":-3}", new JsonLine().Add("x", (string?)null).Add("a", "b").Add("y", (long?)null).Add("c", -3).ToString());
}

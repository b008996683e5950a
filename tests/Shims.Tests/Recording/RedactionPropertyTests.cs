using System.Text;
using CsCheck;
using Shims.Recording;
using Shims.Testing;

namespace Shims.Tests.Recording;

/// <summary>Whatever a secret is made of, wherever it came in, however a script spells it, and wherever the text was cut: nothing of it is left.</summary>
public sealed class RedactionPropertyTests
{
    /// <summary>No piece of a secret that is as long as this may be left.</summary>
    private const int Piece = 6;

    private const string Letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Characters that are escaped in one spelling or another.</summary>
    private const string Special = "%&+<>\"'\\/ =?#:;é€";

    /// <summary>Neither like a path, which is not taken for a secret, nor with a border that splitting a cookie or a header would take off.</summary>
    private static readonly Gen<string> s_secret = Gen.Frequency((3, Gen.OneOf(Letters.ToCharArray())), (1, Gen.OneOf(Special.ToCharArray()))).Array[8, 39].Select(static characters =>
        "x" + new string(characters).Replace(";", "-", StringComparison.Ordinal).Replace(" =", "-", StringComparison.Ordinal) + "y");

    /// <summary>How a value comes in: the name that tells, and how it is spelt there.</summary>
    private static readonly Action<Redaction, string>[] s_origins =
    [
        static (redaction, value) => redaction.LearnOwn(Utf8($"DB_PASSWORD={value}")),
        static (redaction, value) => redaction.Setting("variable", Utf8($"HTTP_X_API_KEY={value}")),
        static (redaction, value) => redaction.Setting("variable", Utf8($"HTTP_AUTHORIZATION=Basic {Convert.ToBase64String(Utf8($"alice:{value}"))}")),
        static (redaction, value) => redaction.Setting("variable", Utf8($"HTTP_COOKIE=a=b; sid={Uri.EscapeDataString(value)}")),
        static (redaction, value) => redaction.Setting("variable", Utf8($"QUERY_STRING=a=1&token={Uri.EscapeDataString(value)}&b=2")),
        static (redaction, value) => redaction.Pairs("body", Utf8($"%70assword={Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal)}&x=y")),
        static (redaction, value) => redaction.Reply(Utf8($"Status: 302 Found\r\nLocation: /x?token={Uri.EscapeDataString(value)}\r\n\r\n")),
    ];

    /// <summary>How scripts write a value.</summary>
    private static readonly Func<string, string>[] s_spellings =
    [
        static value => value,
        Uri.EscapeDataString,
        static value => Uri.EscapeDataString(value).ToLowerInvariant() is var lower && Uri.UnescapeDataString(lower) == value ? lower : Uri.EscapeDataString(value),
        static value => Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal),
        System.Net.WebUtility.HtmlEncode,
        static value => value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#x27;", StringComparison.Ordinal),
        static value => System.Text.Json.JsonEncodedText.Encode(value).Value,
        static value => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal),
        static value => System.Text.Json.JsonEncodedText.Encode(System.Net.WebUtility.HtmlEncode(value), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
    ];

    [Fact, Trait("fault", "M7")]
    public void No_part_of_a_secret_is_left_in_any_spelling_at_any_place()
    {
        Gen.Select(s_secret, Gen.OneOf(s_origins), Gen.OneOf(s_spellings), Gen.UInt, Gen.UInt).Sample(Check, iter: TestExtent.Of(3_000, 100_000));

        static void Check(string value, Action<Redaction, string> learn, Func<string, string> spell, uint firstCut, uint secondCut)
        {
            var redaction = new Redaction();
            learn(redaction, value);
            string spelt = spell(value);
            byte[] before = Utf8($"error near {spelt}"), text = [.. before, .. Utf8($": {spelt}")];
            // Cut anywhere in the first and in the second one, also in the middle of an escape or a character.
            int start = (int)(firstCut % before.Length), end = before.Length + 2 + (int)(secondCut % (text.Length - before.Length - 1));
            TextCut cut = (start > 0 ? TextCut.AtStart : TextCut.None) | (end < text.Length ? TextCut.AtEnd : TextCut.None);
            string left = Encoding.Latin1.GetString(redaction.Text("stderr", text.AsSpan(start..end), cut));
            string known = Encoding.Latin1.GetString(Utf8(value));
            for (int i = 0; i + Piece <= known.Length; i++)
            {
                string piece = known.Substring(i, Piece);
                Assert.False(left.Contains(piece, StringComparison.Ordinal), $"{piece} of {value}, spelt {spelt}, is left in: {left}");
            }
        }
    }

    [Fact, Trait("fault", "M7")]
    public void A_text_without_a_secret_stays_as_it_is()
    {
        Gen.Select(s_secret, Gen.OneOf(s_spellings)).Sample(Check, iter: TestExtent.Of(300, 10_000));

        static void Check(string secret, Func<string, string> spell)
        {
            var redaction = new Redaction();
            redaction.Setting("variable", Utf8($"HTTP_COOKIE=sid=0123456789{secret}"));
            byte[] text = Utf8(spell("An ordinary line, with <b>marks</b> & \"quotes\" \\ 100 % é."));
            Assert.Equal(text, redaction.Text("stderr", text).ToArray());
        }
    }

    [Fact, Trait("fault", "M7")]
    public void The_services_own_secrets_are_known_however_many_a_visitor_sends()
    {
        var redaction = new Redaction();
        redaction.LearnOwn("DB_PASSWORD=Correct-Horse-9"u8);
        redaction.Setting("variable", Utf8("QUERY_STRING=" + string.Join('&', Enumerable.Range(0, 200).Select(number => $"key{number}=ValueNumber{number}"))));
        Assert.Equal("connect: [redacted]", Latin1.Text(redaction.Text("stderr", "connect: Correct-Horse-9"u8)));
    }

    [Theory, Trait("fault", "M7")]
    [InlineData("%70assword=hunter22", "%70assword=[redacted]")]
    [InlineData("user%5Bpass%5D=hunter22", "user%5Bpass%5D=[redacted]")]
    public void A_name_that_is_percent_encoded_is_recognised(string text, string expected) => Assert.Equal(expected, Latin1.Text(new Redaction().Pairs("body", Latin1.Bytes(text))));

    [Theory, Trait("fault", "M7")]
    [InlineData("Location: /x?token=hunter22&a=b\r\n\r\nhunter22", "Location: /x?token=[redacted]&a=b\r\n\r\n[redacted]")]
    [InlineData("Refresh: 0; url=/x?session=hunter22\n\n", "Refresh: 0; url=/x?session=[redacted]\n\n")]
    public void Parameters_in_a_header_of_the_response_are_taken_out(string reply, string expected) => Assert.Equal(expected, Latin1.Text(new Redaction().Reply(Latin1.Bytes(reply))));

    [Theory, Trait("fault", "M7")]
    [InlineData("Basic YWxpY2U6V29uZGVyLUxhbmQtNzc=")]
    [InlineData("basic YWxpY2U6V29uZGVyLUxhbmQtNzc")]
    public void The_password_of_a_basic_log_in_is_taken_out_where_the_script_has_decoded_it(string value)
    {
        var redaction = new Redaction();
        redaction.Setting("variable", Utf8($"HTTP_AUTHORIZATION={value}"));
        Assert.Equal("no [redacted], no [redacted]; alice", Latin1.Text(redaction.Text("stderr", "no alice:Wonder-Land-77, no Wonder-Land-77; alice"u8)));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

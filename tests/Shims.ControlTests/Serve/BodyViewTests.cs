using System.Text;
using Shims.Control.Serve.Views;

namespace Shims.ControlTests.Serve;

/// <summary>Bodies as the inspector decodes them.</summary>
public sealed class BodyViewTests
{
    private static readonly byte[] s_png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Theory]
    [InlineData("application/json", """{"b":1e400,"a":[true,null],"a":"é<"}""")]
    [InlineData("application/problem+json; charset=utf-8", """{"b":1e400,"a":[true,null],"a":"é<"}""")]
    [InlineData(null, """ {"b":1e400,"a":[true,null],"a":"é<"}""")]
    public void JSON_is_indented_and_otherwise_unchanged(string? type, string json)
    {
        BodyView view = Of(json, type);
        Assert.Equal("json", view.Kind);
        Assert.Equal("{\n  \"b\": 1e400,\n  \"a\": [\n    true,\n    null\n  ],\n  \"a\": \"é<\"\n}", view.Indented);
        Assert.Equal(json, view.Text);
    }

    [Theory, InlineData("{\n \"a\": nul }"), InlineData("{"), InlineData("[1,]")]
    public void Invalid_JSON_is_shown_as_text_with_the_place_of_the_mistake(string json)
    {
        BodyView view = Of(json, "application/json");
        Assert.Equal(("text", json), (view.Kind, view.Text));
        Assert.Matches(@"^invalid JSON at line \d+, byte \d+$", view.Note);
    }

    [Fact]
    public void Text_that_begins_like_JSON_is_text_without_a_note()
    {
        BodyView view = Of("[12:00] started", "text/plain");
        Assert.Equal(("text", null), (view.Kind, view.Note));
    }

    [Fact]
    public void JSON_that_is_nested_too_deeply_is_text()
    {
        BodyView view = Of(new string('[', 100_000), "application/json");
        Assert.Equal("text", view.Kind);
    }

    [Fact]
    public void A_form_is_decoded_into_fields()
    {
        BodyView view = Of("name=Ada+L%C3%B6&name=2&empty=&flag&%zz=%", "application/x-www-form-urlencoded");
        Assert.Equal("form", view.Kind);
        Assert.Equal([["name", "Ada Lö"], ["name", "2"], ["empty", ""], ["flag", ""], ["%zz", "%"]], view.Fields!);
    }

    [Fact]
    public void A_form_with_too_many_fields_is_shown_as_text()
    {
        BodyView view = Of(string.Join('&', Enumerable.Repeat("a=b", 1025)), "application/x-www-form-urlencoded");
        Assert.Equal("text", view.Kind);
        Assert.Contains("1024", view.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_multipart_form_is_decoded_into_parts()
    {
        byte[] body =
        [
            .. Bytes("--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHello\r\n"),
            .. Bytes("--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"),
            .. s_png,
            .. Bytes("\r\n--B\r\nContent-Disposition: form-data; name=\"data\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--B--\r\n"),
        ];
        BodyView view = BodyView.Of(body, body.Length, "multipart/form-data; boundary=\"B\"");
        Assert.Equal(("multipart", null), (view.Kind, view.Note));
        Assert.Equal(["title", "file", "data"], view.Parts!.Select(part => part.Name));
        Assert.Equal(["text", "picture", "json"], view.Parts!.Select(part => part.Body.Kind));
        Assert.Equal("a.png", view.Parts![1].FileName);
        Assert.Equal("Hello", view.Parts![0].Body.Text);
    }

    [Fact]
    public void A_multipart_form_shows_its_whole_parts_wherever_it_is_cut()
    {
        byte[] body = Bytes("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nfirst\r\n--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nsecond\r\n--B--\r\n");
        int secondPart = body.AsSpan().LastIndexOf("Content-Disposition"u8);
        for (int length = 1; length < body.Length - "--\r\n".Length; length++)
        {
            BodyView view = BodyView.Of(body[..length], body.Length, "multipart/form-data; boundary=B");
            Assert.False(view.IsWhole);
            if (length > secondPart)
                Assert.Equal("first", view.Parts![0].Body.Text);
            Assert.NotNull(view.Note);
        }
    }

    [Fact]
    public void A_picture_is_recognised_by_its_bytes_and_not_by_its_type()
    {
        BodyView view = BodyView.Of(s_png, s_png.Length, "text/html");
        Assert.Equal("picture", view.Kind);
        Assert.StartsWith("data:image/png;base64,iVBOR", view.Picture, StringComparison.Ordinal);
        Assert.Equal("text", Of("<script>alert(1)</script>", "image/png").Kind);
    }

    [Fact]
    public void A_picture_that_was_cut_is_shown_in_hexadecimal()
    {
        BodyView view = BodyView.Of(s_png, s_png.Length + 1, "image/png");
        Assert.Equal(("bytes", null), (view.Kind, view.Picture));
        Assert.StartsWith("0000  89 50 4e 47 0d 0a 1a 0a  .PNG....\n0008  ", view.Hex, StringComparison.Ordinal);
    }

    [Fact]
    public void SVG_is_a_picture_only_with_its_type()
    {
        const string svg = "<svg xmlns='http://www.w3.org/2000/svg'/>";
        Assert.StartsWith("data:image/svg+xml;base64,", Of(svg, "image/svg+xml").Picture, StringComparison.Ordinal);
        Assert.Equal("text", Of(svg, "text/html").Kind);
    }

    [Fact]
    public void Hexadecimal_lines_have_eight_columns_and_fit_forty_characters()
    {
        string[] lines = HexDump.Of(new byte[5000]).TrimEnd('\n').Split('\n');
        Assert.Equal(512, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 30, 40));
        Assert.Equal("0000  41                       A\n", HexDump.Of("A"u8));
    }

    [Fact]
    public void Text_in_Latin_1_is_decoded_if_the_header_says_so()
    {
        byte[] bytes = [(byte)'f', 0xfc, (byte)'r'];
        Assert.Equal("für", BodyView.Of(bytes, 3, "text/html; charset=ISO-8859-1").Text);
        Assert.Equal("bytes", BodyView.Of(bytes, 3, "text/html").Kind);
    }

    [Fact]
    public void A_character_at_the_cut_of_a_text_does_not_make_it_binary()
    {
        byte[] text = Bytes("aé€😀");
        for (int length = 1; length <= text.Length; length++)
            Assert.Equal("text", BodyView.Of(text[..length], text.Length + 1, "text/plain").Kind);
    }

    [Fact]
    public void Cookies_are_taken_apart()
    {
        (string, string)[] sent = [("Cookie", "a=1; b=\"two\""), ("cookie", "c=3")];
        Assert.Equal([["a", "1"], ["b", "two"], ["c", "3"]], CookieView.Sent(sent));
        (string, string)[] set = [("Set-Cookie", "sid=x=y; Path=/; HttpOnly"), ("Content-Type", "text/plain")];
        Assert.Equal([["sid", "x=y", "Path=/; HttpOnly"]], CookieView.Set(set));
    }

    private static BodyView Of(string text, string? type) => BodyView.Of(Bytes(text), Bytes(text).Length, type);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

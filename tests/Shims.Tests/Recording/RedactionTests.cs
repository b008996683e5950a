using Shims.Recording;

namespace Shims.Tests.Recording;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("HTTP_AUTHORIZATION")]
    [InlineData("HTTP_PROXY_AUTHORIZATION")]
    [InlineData("HTTP_COOKIE")]
    [InlineData("Set-Cookie")]
    [InlineData("api_token")]
    [InlineData("DB_PASSWORD")]
    [InlineData("passwd")]
    [InlineData("user[passphrase]")]
    [InlineData("ClientSecret")]
    [InlineData("HTTP_X_API_KEY")]
    [InlineData("PHPSESSID")]
    [InlineData("Pwd")]
    public void Names_that_secrets_go_by_are_recognised_in_any_case(string name) => Assert.True(Redaction.IsSecret(Latin1.Bytes(name)));

    [Theory]
    [InlineData("")]
    [InlineData("QUERY_STRING")]
    [InlineData("REMOTE_USER")]
    [InlineData("SCRIPT_NAME")]
    [InlineData("HTTP_USER_AGENT")]
    [InlineData("PATH_INFO")]
    [InlineData("pas")]
    public void Names_without_a_word_for_a_secret_are_not_redacted(string name) => Assert.False(Redaction.IsSecret(Latin1.Bytes(name)));

    [Theory]
    [InlineData("token=abc", "token=[redacted]")]
    [InlineData("a=1&token=abc&b=2", "a=1&token=[redacted]&b=2")]
    [InlineData("/x?token=abc#end", "/x?token=[redacted]#end")]
    [InlineData("a=1;token=abc=def;b", "a=1;token=[redacted];b")]
    [InlineData("token=", "token=")]
    [InlineData("token=&x", "token=&x")]
    [InlineData("token", "token")]
    [InlineData("=abc", "=abc")]
    [InlineData("&&?;", "&&?;")]
    [InlineData("", "")]
    public void The_values_of_such_pairs_are_taken_out_and_nothing_else_changes(string text, string expected) =>
        Assert.Equal(expected, Latin1.Text(new Redaction().Pairs("body", Latin1.Bytes(text))));

    [Fact]
    public void A_secret_is_taken_out_wherever_else_it_stands_once_it_is_known()
    {
        var redaction = new Redaction();
        redaction.Setting("variable", "HTTP_COOKIE=sid=s%65cret1; theme=dark"u8);
        Assert.Equal("-[redacted]- and [redacted]", Latin1.Text(redaction.Text("stderr", "-s%65cret1- and secret1"u8)));
        Assert.Equal(["variable HTTP_COOKIE", "stderr"], redaction.Places);
    }

    [Fact]
    public void A_secret_that_contains_another_is_removed_whole()
    {
        var redaction = new Redaction();
        redaction.Setting("variable", "A_TOKEN=abcdef"u8);
        redaction.Setting("variable", "B_TOKEN=abcdefghi"u8);
        Assert.Equal("[redacted] [redacted]", Latin1.Text(redaction.Text("stderr", "abcdefghi abcdef"u8)));
    }

    [Theory]
    [InlineData("redacted")]
    [InlineData("[redacted]")]
    public void A_secret_that_is_part_of_the_mark_does_no_harm(string secret)
    {
        var redaction = new Redaction();
        redaction.Setting("variable", Latin1.Bytes("A_TOKEN=" + secret));
        redaction.Setting("variable", "B_TOKEN=hunter22"u8);
        Assert.Equal("was [redacted]", Latin1.Text(redaction.Text("stderr", "was hunter22"u8)));
    }

    [Fact]
    public void Short_values_and_paths_are_taken_out_at_their_place_only()
    {
        var redaction = new Redaction();
        Assert.Equal("HTTP_COOKIE=[redacted]", Latin1.Text(redaction.Setting("variable", "HTTP_COOKIE=last=/cgi-bin/report.pl; n=12345"u8)));
        Assert.Equal("SCRIPT_NAME=/cgi-bin/report.pl", Latin1.Text(redaction.Setting("variable", "SCRIPT_NAME=/cgi-bin/report.pl"u8)));
        Assert.Equal("12345", Latin1.Text(redaction.Text("stderr", "12345"u8)));
    }

    [Fact]
    public void The_working_directory_is_not_taken_for_a_password() =>
        Assert.Equal("PWD=/srv", Latin1.Text(new Redaction().Setting("environment", "PWD=/srv"u8)));

    [Theory]
    [InlineData("Set-Cookie: sid=hunter22; Path=/\r\nX: y\r\n\r\nhunter22 Path", "Set-Cookie: [redacted]\nX: y\r\n\r\n[redacted] Path")]
    [InlineData("Status: 200\n\nKeyError: name", "Status: 200\n\nKeyError: name")]
    [InlineData("Set-Cookie: sid=hunter22", "Set-Cookie: [redacted]")]
    [InlineData("no header at all", "no header at all")]
    [InlineData("", "")]
    public void In_the_header_of_a_response_cookies_are_taken_out_and_in_its_body_what_is_known(string reply, string expected)
    {
        Assert.Equal(expected, Latin1.Text(new Redaction().Reply(Latin1.Bytes(reply))));
    }

    [Fact]
    public void A_hostile_request_costs_no_more_than_its_length()
    {
        var redaction = new Redaction();
        redaction.Setting("variable", "A_TOKEN=aaaaaa"u8);
        byte[] text = new byte[1 << 20];
        text.AsSpan().Fill((byte)'a');
        Assert.Equal(text.Length / 6 * Redaction.Mark.Length + text.Length % 6, redaction.Text("body", text).Length);
    }
}

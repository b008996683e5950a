using System.Globalization;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Tests.Cgi;

public sealed class ErrorPageTests
{
    private static readonly Fault s_fault = new(403, "cannot run /srv/é.cgi: it is not executable", "chmod +x /srv/é.cgi");

    public static TheoryData<int> Statuses { get; } = [400, 403, 404, 413, 500, 502, 503, 504];

    [Theory, MemberData(nameof(Statuses))]
    public void An_error_page_is_a_well_formed_response_with_the_status_first_and_the_true_length(int status)
    {
        string page = Format(s_fault with { Status = status }, explain: false, withBody: true);
        string reason = ReasonPhrases.Of(status);
        Assert.StartsWith($"Status: {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n", page, StringComparison.Ordinal);
        (string head, string body) = Divide(page);
        Assert.Contains($"\r\nContent-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Request-Id: 0123abcd\r\n", head, StringComparison.Ordinal);
        Assert.StartsWith($"{status} {reason}\n", body, StringComparison.Ordinal);
        Assert.EndsWith("\nRequest id: 0123abcd\n", body, StringComparison.Ordinal);
        Assert.Equal(status == 503, head.Contains("\r\nRetry-After: 1\r\n", StringComparison.Ordinal));
        Assert.NotEqual("Error", reason);
        ResponseHead.Read(Latin1.Bytes(head), out string? fault);
        Assert.Null(fault);
    }

    [Fact]
    public void An_error_page_hides_the_cause_from_the_client_unless_told_otherwise()
    {
        Assert.DoesNotContain("/srv", Format(s_fault, explain: false, withBody: true), StringComparison.Ordinal);
        Assert.Contains(Latin1.Text(Encoding.UTF8.GetBytes(s_fault.ToString())), Format(s_fault, explain: true, withBody: true), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_page_in_response_to_HEAD_has_the_same_header_and_no_body()
    {
        foreach (bool explain in new[] { false, true })
            Assert.Equal(Divide(Format(s_fault, explain, withBody: true)).Head, Format(s_fault, explain, withBody: false));
    }

    [Fact]
    public void A_redirect_without_a_reason_phrase_gets_Found() => Assert.Equal("Found", ReasonPhrases.Of(302));

    private static string Format(Fault fault, bool explain, bool withBody) => Latin1.Text(ErrorPage.Format(fault, "0123abcd", explain, withBody));

    private static (string Head, string Body) Divide(string page)
    {
        int end = page.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return (page[..end], page[end..]);
    }
}

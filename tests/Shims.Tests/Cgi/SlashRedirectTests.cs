using System.Text;
using Shims.Cgi;

namespace Shims.Tests.Cgi;

/// <summary>The redirect to a directory's URL with the slash.</summary>
public sealed class SlashRedirectTests
{
    [Theory]
    [InlineData("REQUEST_URI=/a%20b", "/a%20b/")]
    [InlineData("REQUEST_URI=/a?x=%2f&y=/b//c?d;QUERY_STRING=x=%2f&y=/b//c?d", "/a/?x=%2f&y=/b//c?d")]
    [InlineData("REQUEST_URI=//example.org/a", "/example.org/a/")]
    [InlineData("REQUEST_URI=/\\example.org", "/%5Cexample.org/")]
    [InlineData("REQUEST_URI=/a\"<b>", "/a%22%3Cb%3E/")]
    [InlineData("REQUEST_URI=http://example.org/a;SCRIPT_NAME=/a", "/a/")]
    [InlineData("SCRIPT_NAME=/a b?c%d;QUERY_STRING=q=1", "/a%20b%3Fc%25d/?q=1")]
    [InlineData("SCRIPT_NAME=/mount/;PATH_INFO=a", "/mount/a/")]
    [InlineData("DOCUMENT_URI=/a", "/a/")]
    public void The_location_is_the_path_of_the_URL_on_the_same_host(string variables, string location)
    {
        string page = Encoding.ASCII.GetString(SlashRedirect.PageFor(Variables(variables), withBody: true));
        Assert.StartsWith($"Status: 301 Moved Permanently\r\nLocation: {location}\r\n", page, StringComparison.Ordinal);
        Assert.EndsWith($"\r\n\r\n301 Moved Permanently\n\n{location}\n", page, StringComparison.Ordinal);
    }

    [Theory, InlineData("GET", "301"), InlineData("HEAD", "301"), InlineData("POST", "308"), InlineData("PUT", "308")]
    public void The_method_decides_the_status(string method, string status)
    {
        string page = Encoding.ASCII.GetString(SlashRedirect.PageFor(Variables($"REQUEST_METHOD={method};REQUEST_URI=/a"), withBody: false));
        Assert.StartsWith($"Status: {status} ", page, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", page, StringComparison.Ordinal);
    }

    private static CgiVariables Variables(string settings) =>
        new(Encoding.Latin1.GetBytes(string.Concat(settings.Split(';').Select(static setting => setting.Replace("=", "\0", StringComparison.Ordinal) is var text
            ? $"{text[..text.IndexOf('\0', StringComparison.Ordinal)]}\0{setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]}\0" : ""))));
}

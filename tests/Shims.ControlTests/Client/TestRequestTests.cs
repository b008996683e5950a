using System.Text.RegularExpressions;
using Shims.Control.Client;
using Shims.Gateway.Connections;
using Shims.Testing;

namespace Shims.ControlTests.Client;

/// <summary>The variables of a request, compared with those that a real nginx sent.</summary>
public sealed partial class TestRequestTests
{
    /// <summary>Variables that the recorded nginx's configuration adds, or that depend on the connection.</summary>
    private static readonly string[] s_ofTheRecording = ["GITWEB_CONFIG", "CGIT_CONFIG", "GIT_PROJECT_ROOT", "GIT_HTTP_EXPORT_ALL", "PERL_HASH_SEED", "REMOTE_PORT", "SERVER_PORT", "REMOTE_USER", "SERVER_SOFTWARE"];

    [Theory, InlineData("nginx-scgi", "Scgi"), InlineData("nginx-fcgi", "FastCgi")]
    public void Request_has_the_variables_that_nginx_sends(string recording, string protocol)
    {
        var request = new TestRequest
        {
            Url = RequestUrl.Parse("http://matrix.test:8080/cap-bin/env.cgi/a%20b/%C3%A9%E2%82%AC/c%2Fd/~x;y=1,2+3@z?a=%20b&c=%2F", out _)!,
            ScriptFilename = "TOP/www/cap-bin/env.cgi",
            Headers = [("X-Matrix", "v"), ("X-Empty", ""), ("Cookie", "a=b"), ("Proxy", "http://evil.test/"), ("Authorization", "Basic bTptbQ=="), ("Host", "127.0.0.1")],
        };
        string[] sent = [.. request.VariablesFor(Protocols.All.Single(known => known.Word.Equals(protocol, StringComparison.OrdinalIgnoreCase))).Select(variable => $"{variable.NameText}={variable.ValueText}").Where(IsComparable).Order()];
        // That configuration sets REDIRECT_STATUS for both; nginx's own scgi_params do not.
        string[] expected = [.. Recorded(recording).Where(IsComparable).Where(line => protocol == "FastCgi" || line != "REDIRECT_STATUS=200").Order()];
        Assert.Equal(expected, sent);
    }

    [Fact]
    public void CONTENT_LENGTH_is_first_in_SCGI_and_empty_in_FastCGI_without_a_body()
    {
        TestRequest request = new() { Url = RequestUrl.Parse("/x", out _)! };
        Assert.Equal(new RequestVariable("CONTENT_LENGTH", "0").ValueText, request.VariablesFor(Protocols.Scgi)[0].ValueText);
        Assert.Equal("CONTENT_LENGTH", request.VariablesFor(Protocols.Scgi)[0].NameText);
        Assert.Equal("", Value(request, Protocols.FastCgi, "CONTENT_LENGTH"));
        Assert.Equal("3", Value(request.WithBody([1, 2, 3]), Protocols.FastCgi, "CONTENT_LENGTH"));
    }

    [Fact]
    public void Request_parameter_replaces_or_removes_a_variable()
    {
        TestRequest request = new() { Url = RequestUrl.Parse("/x", out _)!, Parameters = [("SERVER_NAME", "there"), ("REMOTE_USER", "ada"), ("PATH_INFO", null)] };
        Assert.Equal("there", Value(request, Protocols.Scgi, "SERVER_NAME"));
        Assert.Equal("ada", Value(request, Protocols.Scgi, "REMOTE_USER"));
        Assert.Null(Value(request, Protocols.Scgi, "PATH_INFO"));
    }

    [Fact]
    public void A_handler_gets_the_whole_path_as_PATH_INFO_unless_a_script_is_named()
    {
        TestRequest request = new() { Url = RequestUrl.Parse("/api/notes?x=1", out _)!, IsForHandler = true };
        foreach (Protocol protocol in new[] { Protocols.Scgi, Protocols.FastCgi })
        {
            Assert.Equal("", Value(request, protocol, "SCRIPT_NAME"));
            Assert.Equal("/api/notes", Value(request, protocol, "PATH_INFO"));
            Assert.Equal("/api", Value(request with { ScriptFilename = "/srv/api" }, protocol, "SCRIPT_NAME"));
        }
    }

    [Theory]
    [InlineData("/cgi-bin/a.cgi/rest", "/srv/cgi-bin/a.cgi", "/cgi-bin/a.cgi", "/rest", "/srv")]
    [InlineData("/cgi-bin/a.cgi", "/srv/cgi-bin/a.cgi", "/cgi-bin/a.cgi", "", "/srv")]
    [InlineData("/a.cgix/a.cgi/b", "/srv/a.cgi", "/a.cgix/a.cgi", "/b", "/srv")]
    [InlineData("/other", "/srv/a.cgi", "/other", "", "/srv")]
    public void Request_path_is_split_after_the_name_of_the_script(string url, string script, string scriptName, string pathInfo, string root)
    {
        TestRequest request = new() { Url = RequestUrl.Parse(url, out _)!, ScriptFilename = script };
        foreach (Protocol protocol in new[] { Protocols.Scgi, Protocols.FastCgi })
        {
            Assert.Equal(scriptName, Value(request, protocol, "SCRIPT_NAME"));
            Assert.Equal(pathInfo, Value(request, protocol, "PATH_INFO"));
            Assert.Equal(root, Value(request, protocol, "DOCUMENT_ROOT"));
        }
    }

    [Fact]
    public void Request_header_with_an_underscore_in_its_name_is_dropped_as_by_nginx()
    {
        TestRequest request = new() { Url = RequestUrl.Parse("/", out _)!, Headers = [("X-A", "dash"), ("X_A", "underscore"), ("X_B", "underscore")] };
        foreach (Protocol protocol in new[] { Protocols.Scgi, Protocols.FastCgi })
            Assert.Equal(("dash", null), (Value(request, protocol, "HTTP_X_A"), Value(request, protocol, "HTTP_X_B")));
    }

    private static string? Value(TestRequest request, Protocol protocol, string name) => request.VariablesFor(protocol).LastOrDefault(variable => variable.NameText == name)?.ValueText;

    private static bool IsComparable(string line) => !s_ofTheRecording.Contains(line[..line.IndexOf('=', StringComparison.Ordinal)]);

    private static IEnumerable<string> Recorded(string name) => File.ReadLines(Repository.PathTo("tests/Shims.Tests/Cgi/RecordedRequests.txt"))
        .SkipWhile(line => line != "= " + name).Skip(1).TakeWhile(line => !line.StartsWith("- ", StringComparison.Ordinal))
        .Select(line => System.Text.Encoding.UTF8.GetString(EscapedByte().Replace(line, match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString()).Select(character => (byte)character).ToArray()));

    [GeneratedRegex(@"\\x([0-9A-F]{2})")]
    private static partial Regex EscapedByte();
}

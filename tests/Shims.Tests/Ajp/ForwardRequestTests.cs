using System.Text;
using Shims.Ajp;
using Shims.Cgi;
using Shims.Testing;

namespace Shims.Tests.Ajp;

public sealed class ForwardRequestTests
{
    [Fact]
    public void A_request_of_mod_proxy_ajp_becomes_the_variables_of_CGI()
    {
        string[] variables = Variables(new AjpRequestData
        {
            Uri = "/cgi-bin/env.cgi/a%20b/c%2Fd/~x;y=1",
            Query = "a=%20b&c=%2F",
            IsEncrypted = true,
            RemoteHost = "client.test",
            Headers = [("host", "matrix.test"), ("X-Matrix", "v"), ("X-Empty", ""), ("cookie", "a=b"), ("content-type", "text/plain")],
            Attributes =
            [
                .. AjpRequestData.Attribute(3, "m"), .. AjpRequestData.Attribute(4, "Basic"), .. AjpRequestData.Attribute(8, "TLS_AES_256_GCM_SHA384"), .. AjpRequestData.Attribute(9, "00FF"), 0x0B, 1, 0,
                .. AjpRequestData.RequestAttribute("AJP_SSL_PROTOCOL", "TLSv1.3"), .. AjpRequestData.RequestAttribute("AJP_LOCAL_ADDR", "127.0.0.2"),
            ],
        });
        Assert.Equal(
            [
                "REQUEST_METHOD=GET", "REQUEST_URI=/cgi-bin/env.cgi/a%20b/c%2Fd/~x;y=1?a=%20b&c=%2F", "QUERY_STRING=a=%20b&c=%2F", "SERVER_PROTOCOL=HTTP/1.1", "REMOTE_ADDR=127.0.0.1",
                "REMOTE_HOST=client.test", "SERVER_NAME=matrix.test", "SERVER_PORT=8080", "HTTPS=on", "CONTENT_LENGTH=0",
                "HTTP_HOST=matrix.test", "HTTP_X_MATRIX=v", "HTTP_X_EMPTY=", "HTTP_COOKIE=a=b", "CONTENT_TYPE=text/plain",
                "REMOTE_USER=m", "AUTH_TYPE=Basic", "SSL_CIPHER=TLS_AES_256_GCM_SHA384", "SSL_SESSION_ID=00FF", "SSL_CIPHER_USEKEYSIZE=256",
                "SSL_PROTOCOL=TLSv1.3", "SERVER_ADDR=127.0.0.2", "REMOTE_PORT=40000",
            ],
            variables);
    }

    [Fact]
    public void Every_method_with_a_number_and_every_other_one_reaches_the_variables()
    {
        foreach (string method in new[] { "OPTIONS", "GET", "HEAD", "POST", "MKACTIVITY", "BASELINE-CONTROL", "PATCH", "M!ETHOD" })
            Assert.Equal($"REQUEST_METHOD={method}", Variables(new AjpRequestData { Method = method })[0]);
        byte[] payload = new AjpRequestData().ToPayload();
        foreach (byte method in (byte[])[0, 28, 100, 254, 255])
        {
            payload[1] = method;
            Assert.Equal("has no method", ForwardRequest.Read(payload, out _));
        }
        for (byte method = 1; method <= 27; method++)
        {
            payload[1] = method;
            Assert.Null(ForwardRequest.Read(payload, out _));
        }
    }

    [Fact]
    public void A_request_that_is_cut_off_anywhere_is_refused()
    {
        byte[] whole = new AjpRequestData
        {
            Method = "PATCH",
            Uri = "/a",
            Query = "b",
            Secret = "s",
            Headers = [("host", "h"), ("X-A", "v")],
            Attributes = [0x0B, 1, 0, .. AjpRequestData.Attribute(7, "cert"), .. AjpRequestData.RequestAttribute("name", "value")],
        }.ToPayload();
        Assert.Null(ForwardRequest.Read(whole, out _));
        for (int length = 1; length < whole.Length; length++)
            Assert.NotNull(ForwardRequest.Read(whole.AsSpan(0, length), out _));
        Assert.NotNull(ForwardRequest.Read([.. whole, 0], out _));
    }

    [Fact]
    public void A_NUL_in_any_value_is_refused()
    {
        Assert.NotNull(Problem(new AjpRequestData { Uri = "/a\0b" }));
        Assert.NotNull(Problem(new AjpRequestData { Query = "a\0b" }));
        Assert.NotNull(Problem(new AjpRequestData { Headers = [("host", "a\0b")] }));
        Assert.NotNull(Problem(new AjpRequestData { Headers = [("X\0", "a")] }));
        Assert.NotNull(Problem(new AjpRequestData { Attributes = AjpRequestData.RequestAttribute("a", "b\0c") }));
    }

    [Fact]
    public void An_attribute_that_is_not_known_is_refused_as_its_form_is_not_known_either()
    {
        for (int type = 0; type < 0xFF; type++)
        {
            byte[] attribute = type switch { 0x0A => AjpRequestData.RequestAttribute("a", "b"), 0x0B => [0x0B, 0, 128], _ => AjpRequestData.Attribute((byte)type, "PUT") };
            Assert.Equal(type is >= 1 and <= 13, Problem(new AjpRequestData { Attributes = attribute }) is null);
        }
    }

    [Theory]
    [InlineData("0080", "128")]
    [InlineData("0100", "256")]
    [InlineData("0000", "0")]
    [InlineData("000332353600", "256")]
    [InlineData("0002343000", "40")]
    public void A_key_size_is_an_integer_or_a_string_as_the_web_server_has_it(string hex, string size)
    {
        byte[] attribute = [0x0B, .. Convert.FromHexString(hex)];
        Assert.Contains($"SSL_CIPHER_USEKEYSIZE={size}", Variables(new AjpRequestData { Attributes = attribute }));
        Assert.Contains($"SSL_CIPHER_USEKEYSIZE={size}", Variables(new AjpRequestData { Attributes = attribute, HasPort = false, Query = null }));
        Assert.Contains($"SSL_CIPHER_USEKEYSIZE={size}", Variables(new AjpRequestData { Attributes = [.. attribute, .. AjpRequestData.Attribute(3, "user")] }));
    }

    [Theory]
    [InlineData("4, 4"), InlineData("-4"), InlineData("+4"), InlineData(""), InlineData("-1"), InlineData("04"), InlineData("0x4"), InlineData("4 "), InlineData(" 4"), InlineData("9999999999999999999"), InlineData(null)]
    public void A_Content_Length_that_is_not_a_number_is_refused_CVE_2013_4286(string? value) =>
        Assert.Equal("has a Content-Length that is not a number", Problem(new AjpRequestData { Headers = [("content-length", value)] }));

    [Fact]
    public void Two_Content_Lengths_or_one_beside_a_Transfer_Encoding_are_refused_CVE_2022_26377_CVE_2022_36760()
    {
        const string problem = "has two Content-Lengths, or one beside a Transfer-Encoding";
        Assert.Equal(problem, Problem(new AjpRequestData { Headers = [("content-length", "4"), ("content-length", "4")] }));
        Assert.Equal(problem, Problem(new AjpRequestData { Headers = [("content-length", "4"), ("Content-LENGTH", "5")] }));
        Assert.Equal(problem, Problem(new AjpRequestData { Headers = [("content-length", "4"), ("Transfer-Encoding", "chunked")] }));
        Assert.Equal(problem, Problem(new AjpRequestData { Headers = [("Transfer-Encoding", "chunked"), ("transfer-encoding", "chunked")] }));
    }

    [Theory, InlineData("gzip, chunked"), InlineData("identity"), InlineData(""), InlineData("chunked "), InlineData("\vchunked")]
    public void A_Transfer_Encoding_other_than_chunked_is_refused_CVE_2022_26377(string coding) =>
        Assert.Equal("has a Transfer-Encoding other than chunked", Problem(new AjpRequestData { Headers = [("Transfer-Encoding", coding)] }));

    [Fact]
    public void A_chunked_body_has_no_length_and_no_variable_for_it()
    {
        var request = new AjpRequestData { Method = "POST", Length = null };
        Assert.Null(ForwardRequest.Read(request.ToPayload(), out ForwardRequest read));
        Assert.Equal(ContentLength.Unknown, read.BodyLength);
        Assert.DoesNotContain(Variables(request), variable => variable.StartsWith("CONTENT_LENGTH=", StringComparison.Ordinal) || variable.Contains("TRANSFER", StringComparison.Ordinal));
    }

    [Fact]
    public void Headers_that_could_be_taken_for_others_or_for_ours_become_no_variables()
    {
        string[] variables = Variables(new AjpRequestData
        {
            Headers = [("X_A", "1"), ("Content_Length", "2"), ("Script_Name", "/evil"), ("Proxy", "http://evil.test/"), ("PROXY", "x"), ("", "y"), ("A B", "z"), ("A=B", "z"), ("X-A", "right")],
        });
        Assert.Equal(["HTTP_X_A=right"], variables.Where(variable => variable.StartsWith("HTTP_", StringComparison.Ordinal)));
        Assert.DoesNotContain(variables, variable => variable.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_attribute_never_becomes_a_variable_that_policy_or_resolver_trusts_CVE_2020_1938()
    {
        string[] names =
        [
            "javax.servlet.include.request_uri", "javax.servlet.include.path_info", "javax.servlet.include.servlet_path", "SCRIPT_FILENAME", "SCRIPT_NAME", "PATH_INFO", "DOCUMENT_ROOT", "REMOTE_USER",
            "PATH", "LD_PRELOAD", "HTTP_PROXY", "CONTENT_LENGTH", "REQUEST_URI", "GATEWAY_INTERFACE", "UWSGI_FILE",
        ];
        string[] usual = Variables(new AjpRequestData());
        Assert.Equal(usual, Variables(new AjpRequestData { Attributes = [.. names.SelectMany(name => AjpRequestData.RequestAttribute(name, "/etc/passwd"))] }));
        Assert.Equal(usual, Variables(new AjpRequestData { Attributes = [.. AjpRequestData.Attribute(1, "/context"), .. AjpRequestData.Attribute(2, "/servlet"), .. AjpRequestData.Attribute(6, "route")] }));
    }

    [Fact]
    public void A_request_attribute_that_the_administrator_has_named_becomes_a_variable()
    {
        var request = new AjpRequestData { Attributes = [.. AjpRequestData.RequestAttribute("GEO", "NZ"), .. AjpRequestData.RequestAttribute("GEOX", "no")] };
        Assert.Contains("GEO=NZ", Variables(request, "GEO"));
        Assert.DoesNotContain(Variables(request, "GEO"), variable => variable.StartsWith("GEOX", StringComparison.Ordinal));
    }

    [Fact]
    public void The_secret_is_in_no_variable()
    {
        Assert.Null(ForwardRequest.Read(new AjpRequestData { Secret = "tell no one" }.ToPayload(), out ForwardRequest request));
        Assert.Equal("tell no one", Latin1.Text(request.Secret));
        Assert.DoesNotContain(Variables(new AjpRequestData { Secret = "tell no one" }), variable => variable.Contains("tell", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/a%252eb", true, "/a%252eb")]
    [InlineData("/a%2eb", false, "/a%252eb")]
    [InlineData("/a b", false, "/a%20b")]
    [InlineData("/a?b#c", true, "/a%3Fb%23c")]
    [InlineData("/\u00e9", false, "/%E9")]
    [InlineData("*", true, "*")]
    public void What_a_web_server_has_decoded_is_encoded_again_so_that_it_is_decoded_once(string sent, bool isEncoded, string uri) =>
        Assert.Equal($"REQUEST_URI={uri}", Variables(new AjpRequestData { Uri = sent, HasPort = isEncoded })[1]);

    [Theory, InlineData(""), InlineData("cgi-bin/a"), InlineData("http://host/"), InlineData("**")]
    public void What_is_not_a_path_is_refused(string uri) => Assert.Equal("has no path", Problem(new AjpRequestData { Uri = uri }));

    [Fact]
    public void The_variables_fit_into_the_memory_that_is_taken_for_them()
    {
        Check(new AjpRequestData { Headers = [.. Enumerable.Repeat(("accept-language", (string?)null), 1500)] });
        Check(new AjpRequestData { Uri = "/" + new string('\u00ff', 60_000), HasPort = false });
        Check(new AjpRequestData { Attributes = [.. Enumerable.Repeat((byte[])[0x0B, 0x2F, 0xFF], 15_000).SelectMany(attribute => attribute)] });
        Check(new AjpRequestData { Attributes = [.. Enumerable.Repeat((byte[])[7, 0xFF, 0xFF], 15_000).SelectMany(attribute => attribute)] });
        Check(new AjpRequestData { Uri = "*", Headers = [], HasPort = false });

        static void Check(AjpRequestData data)
        {
            byte[] payload = data.ToPayload();
            Assert.Null(ForwardRequest.Read(payload, out ForwardRequest request));
            request.ToVariables([], new byte[VariableWriter.SizeFor(payload.Length)]);
        }
    }

    internal static string[] Variables(AjpRequestData data, params string[] attributes)
    {
        byte[] payload = data.ToPayload();
        Assert.Null(ForwardRequest.Read(payload, out ForwardRequest request));
        CgiVariables variables = request.ToVariables([.. attributes.Select(Encoding.ASCII.GetBytes)], new byte[VariableWriter.SizeFor(payload.Length)]);
        Assert.True(variables.IsWellFormed);
        var texts = new List<string>();
        foreach (CgiVariable variable in variables)
            texts.Add($"{Latin1.Text(variable.Name)}={Latin1.Text(variable.Value)}");
        return [.. texts];
    }

    private static string? Problem(AjpRequestData data) => ForwardRequest.Read(data.ToPayload(), out _);
}

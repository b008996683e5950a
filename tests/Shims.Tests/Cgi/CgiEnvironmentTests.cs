using Shims.Cgi;
using Shims.Posix;

namespace Shims.Tests.Cgi;

public sealed class CgiEnvironmentTests
{
    [Fact]
    public void The_environment_of_a_script_has_the_variables_that_RFC_3875_requires_even_if_the_web_server_sent_none()
    {
        string[] environment = For([]);
        foreach (string expected in new[] { "GATEWAY_INTERFACE=CGI/1.1", "QUERY_STRING=", "REMOTE_ADDR=0.0.0.0", "REQUEST_METHOD=GET", "SERVER_NAME=localhost", "SERVER_PORT=80", "SERVER_PROTOCOL=HTTP/1.1", "SCRIPT_NAME=/cgi/a.cgi" })
            Assert.Contains(expected, environment);
        Assert.Contains(environment, variable => variable.StartsWith("SERVER_SOFTWARE=", StringComparison.Ordinal));
        Assert.Contains(environment, variable => variable.StartsWith("PATH=", StringComparison.Ordinal));
    }

    [Fact]
    public void The_environment_of_a_script_keeps_the_required_variables_that_the_web_server_sent()
    {
        var request = new RequestBlock
        {
            { "GATEWAY_INTERFACE", "CGI/1.2" }, { "QUERY_STRING", "a=b" }, { "REMOTE_ADDR", "192.0.2.1" }, { "REQUEST_METHOD", "HEAD" }, { "SERVER_NAME", "www.example" },
            { "SERVER_PORT", "8443" }, { "SERVER_PROTOCOL", "HTTP/2.0" }, { "SERVER_SOFTWARE", "nginx/1.22.1" }, { "HTTP_HOST", "other.example:99" },
        };
        string[] environment = For(request);
        foreach ((string name, string value) in request)
            Assert.Contains($"{name}={value}", environment);
    }

    [Fact]
    public void Names_the_server_as_the_client_did_if_the_web_server_does_not()
    {
        string[] environment = For(new() { { "HTTP_HOST", "www.example:8080" } });
        Assert.Contains("SERVER_NAME=www.example", environment);
        Assert.Contains("SERVER_PORT=8080", environment);
        Assert.Contains("SERVER_NAME=[::1]", For(new() { { "HTTP_HOST", "[::1]:8080" } }));
    }

    [Fact]
    public void The_environment_of_a_script_has_no_port_in_the_servers_name()
    {
        Assert.Contains("SERVER_NAME=127.0.0.1", For(new() { { "SERVER_NAME", "127.0.0.1:8080" } })); // HAProxy 2.6
        Assert.Contains("SERVER_NAME=[::1]", For(new() { { "SERVER_NAME", "[::1]:8080" } }));
        Assert.Contains("SERVER_NAME=::1", For(new() { { "SERVER_NAME", "::1" } }));
    }

    [Fact]
    public void The_environment_of_a_script_has_every_byte_of_a_value_as_it_came()
    {
        string value = string.Concat(Enumerable.Range(1, 255).Select(number => (char)number));
        Assert.Contains($"HTTP_X={value}", For(new() { { "HTTP_X", value } }));
    }

    [Fact]
    public void The_environment_of_a_script_has_one_variable_for_a_header_that_came_several_times()
    {
        string[] environment = For(new() { { "HTTP_X", "1" }, { "HTTP_COOKIE", "a=b" }, { "HTTP_X", "2" }, { "HTTP_COOKIE", "c=d" }, { "HTTP_X", "" }, { "HTTP_X", "3" } });
        Assert.Equal(["HTTP_X=1, 2, , 3"], environment.Where(variable => variable.StartsWith("HTTP_X=", StringComparison.Ordinal)));
        Assert.Equal(["HTTP_COOKIE=a=b; c=d"], environment.Where(variable => variable.StartsWith("HTTP_COOKIE=", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_environment_of_a_script_has_the_last_value_of_any_other_variable_that_came_several_times()
    {
        string[] environment = For(new() { { "REMOTE_USER", "first" }, { "QUERY_STRING", "1" }, { "QUERY_STRING", "2" }, { "REMOTE_USER", "last" } });
        Assert.Equal(["REMOTE_USER=last"], environment.Where(variable => variable.StartsWith("REMOTE_USER=", StringComparison.Ordinal)));
        Assert.Equal(["QUERY_STRING=2"], environment.Where(variable => variable.StartsWith("QUERY_STRING=", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_environment_of_a_script_has_no_name_twice_whatever_the_request_and_the_options_say()
    {
        var request = new RequestBlock();
        foreach (string name in new[] { "PATH", "TZ", "QUERY_STRING", "SERVER_NAME", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "CONTENT_LENGTH", "A", "HTTP_AUTHORIZATION", "LD_PRELOAD" })
        {
            request.Add(name, "1");
            request.Add(name, "2");
        }
        var policy = new EnvironmentPolicy(
            set: [Latin1.Bytes("A=set"), Latin1.Bytes("SERVER_NAME=set")],
            pass: [Latin1.Bytes("PATH\0"), Latin1.Bytes("HOME\0"), Latin1.Bytes("HOME\0"), Latin1.Bytes("A\0")],
            allow: [Latin1.Bytes("PATH"), Latin1.Bytes("TZ"), Latin1.Bytes("HTTP_AUTHORIZATION")]);
        IEnumerable<string> names = For(request, policy, bodyLength: 5, pathInfo: "/x").Select(variable => variable.Split('=')[0]);
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void A_path_that_the_request_is_allowed_to_give_stands_alone()
    {
        string[] environment = For(new() { { "PATH", "/opt/bin" } }, new EnvironmentPolicy(allow: [Latin1.Bytes("PATH")]));
        Assert.Equal(["PATH=/opt/bin"], environment.Where(variable => variable.StartsWith("PATH=", StringComparison.Ordinal)));
    }

    [Fact]
    public void Settings_of_the_command_line_win_over_everything()
    {
        string[] settings = ["SCRIPT_NAME=/set", "PATH_INFO=/set", "PATH_TRANSLATED=/set", "SCRIPT_FILENAME=/set", "CONTENT_LENGTH=99", "QUERY_STRING=set", "PATH=/set", "HTTP_X=set", "GATEWAY_INTERFACE=set", "LD_PRELOAD=set"];
        var request = new RequestBlock { { "DOCUMENT_ROOT", "/srv" }, { "QUERY_STRING", "sent" }, { "HTTP_X", "sent" }, { "HTTP_X", "again" }, { "LD_PRELOAD", "sent" } };
        string[] environment = For(request, new EnvironmentPolicy(set: [.. settings.Select(Latin1.Bytes)]), bodyLength: 5, pathInfo: "/x");
        foreach (string setting in settings)
        {
            string name = setting.Split('=')[0];
            Assert.Equal([setting], environment.Where(variable => variable.StartsWith(name + "=", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Resolved_variables_win_over_those_that_were_sent()
    {
        var request = new RequestBlock { { "SCRIPT_NAME", "/wrong" }, { "PATH_INFO", "/wrong" }, { "SCRIPT_FILENAME", "/wrong" }, { "PATH_TRANSLATED", "/wrong" }, { "DOCUMENT_ROOT", "/srv/www/" }, { "CONTENT_LENGTH", "99" } };
        string[] environment = For(request, bodyLength: 5, pathInfo: "/x y");
        foreach (string expected in new[] { "SCRIPT_NAME=/cgi/a.cgi", "SCRIPT_FILENAME=/srv/cgi/a.cgi", "PATH_INFO=/x y", "PATH_TRANSLATED=/srv/www/x y", "CONTENT_LENGTH=5" })
            Assert.Contains(expected, environment);
        Assert.DoesNotContain(environment, variable => variable.Contains("wrong", StringComparison.Ordinal) || variable.EndsWith("=99", StringComparison.Ordinal));
    }

    [Fact]
    public void The_environment_of_a_script_has_no_PATH_INFO_and_no_PATH_TRANSLATED_if_nothing_follows_the_script()
    {
        string[] environment = For(new() { { "PATH_INFO", "" }, { "PATH_TRANSLATED", "/srv/www" }, { "DOCUMENT_ROOT", "/srv/www" } });
        Assert.DoesNotContain(environment, variable => variable.StartsWith("PATH_INFO=", StringComparison.Ordinal) || variable.StartsWith("PATH_TRANSLATED=", StringComparison.Ordinal));
    }

    [Fact]
    public void The_environment_of_a_script_has_no_PATH_TRANSLATED_without_a_document_root() =>
        Assert.DoesNotContain(For(new() { { "PATH_TRANSLATED", "/x" } }, pathInfo: "/x"), variable => variable.StartsWith("PATH_TRANSLATED=", StringComparison.Ordinal));

    [Theory]
    [InlineData("GET", 0, null)]
    [InlineData("HEAD", 0, null)]
    [InlineData("DELETE", 0, null)]
    [InlineData("OPTIONS", 0, null)]
    [InlineData("POST", 0, "0")]
    [InlineData("PUT", 0, "0")]
    [InlineData("PATCH", 0, "0")]
    [InlineData("GET", 5, "5")]
    [InlineData("POST", 70000, "70000")]
    [InlineData("POST", 4294967296, "4294967296")]
    public void The_environment_of_a_script_has_CONTENT_LENGTH_if_there_is_a_body_or_the_method_is_about_one(string method, long bodyLength, string? expected)
    {
        string[] environment = For(new() { { "CONTENT_LENGTH", "" }, { "REQUEST_METHOD", method }, { "CONTENT_LENGTH", "-1" } }, bodyLength: bodyLength);
        Assert.Equal(expected is null ? [] : [$"CONTENT_LENGTH={expected}"], environment.Where(variable => variable.StartsWith("CONTENT_LENGTH=", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_environment_of_a_script_lacks_variables_that_web_servers_send_empty_instead_of_not_at_all()
    {
        var request = new RequestBlock { { "AUTH_TYPE", "" }, { "CONTENT_TYPE", "" }, { "REMOTE_HOST", "" }, { "REMOTE_IDENT", "" }, { "REMOTE_USER", "" }, { "HTTP_X_EMPTY", "" }, { "QUERY_STRING", "" } };
        string[] environment = For(request);
        foreach (string name in new[] { "AUTH_TYPE", "CONTENT_TYPE", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_USER", "HTTP_X_EMPTY" })
            Assert.DoesNotContain($"{name}=", environment);
        Assert.Contains("QUERY_STRING=", environment);
    }

    [Theory, Trait("fault", "F22")]
    [InlineData("SERVER_NAME", "www.example")]
    [InlineData("SERVER_PORT", "8080")]
    [InlineData("SERVER_PROTOCOL", "HTTP/1.1")]
    [InlineData("SERVER_SOFTWARE", "Shims")]
    [InlineData("GATEWAY_INTERFACE", "CGI/1.1")]
    [InlineData("REMOTE_ADDR", "0.0.0.0")]
    [InlineData("REQUEST_METHOD", "GET")]
    [InlineData("REQUEST_SCHEME", "http")]
    [InlineData("REDIRECT_STATUS", "200")]
    [InlineData("QUERY_STRING", "")]
    public void An_empty_value_of_what_is_required_counts_as_none(string name, string expected)
    {
        string[] environment = For(new() { { name, "" }, { "HTTP_HOST", "www.example:8080" } });
        Assert.Equal([$"{name}={expected}"], environment.Where(variable => variable.StartsWith(name + "=", StringComparison.Ordinal)));
    }

    [Fact, Trait("fault", "F22")]
    public void A_server_without_a_name_is_called_by_the_name_that_was_typed_or_by_its_address()
    {
        Assert.Contains("SERVER_NAME=www.example", For(new() { { "SERVER_NAME", "" }, { "SERVER_ADDR", "192.0.2.1" }, { "HTTP_HOST", "www.example" } }));
        Assert.Contains("SERVER_NAME=192.0.2.1", For(new() { { "SERVER_NAME", "" }, { "SERVER_ADDR", "192.0.2.1" }, { "HTTP_HOST", "" } }));
        Assert.Contains("SERVER_NAME=www.example", For(new() { { "SERVER_NAME", ":80" }, { "HTTP_HOST", "www.example" } }));
        Assert.Contains("SERVER_NAME=localhost", For(new() { { "SERVER_NAME", "" } }));
    }

    [Fact]
    public void The_port_of_an_encrypted_connection_is_443_if_nothing_says_otherwise()
    {
        Assert.Contains("SERVER_PORT=443", For(new() { { "HTTPS", "on" }, { "HTTP_HOST", "www.example" } }));
        Assert.Contains("SERVER_PORT=8443", For(new() { { "HTTPS", "on" }, { "HTTP_HOST", "www.example:8443" } }));
        Assert.DoesNotContain("HTTPS=", For(new() { { "HTTPS", "" } }));
    }

    [Theory, Trait("fault", "A03")]
    [InlineData("HTTP_HOST")]
    [InlineData("HTTP_USER_AGENT")]
    [InlineData("HTTP_REFERER")]
    [InlineData("HTTP_IF_MODIFIED_SINCE")]
    [InlineData("HTTP_IF_UNMODIFIED_SINCE")]
    [InlineData("HTTP_IF_RANGE")]
    [InlineData("HTTP_RANGE")]
    [InlineData("HTTP_FROM")]
    [InlineData("HTTP_DATE")]
    [InlineData("HTTP_MAX_FORWARDS")]
    [InlineData("HTTP_CONTENT_RANGE")]
    [InlineData("HTTP_CONTENT_LOCATION")]
    [InlineData("HTTP_ORIGIN")]
    [InlineData("HTTP_ACCESS_CONTROL_REQUEST_METHOD")]
    [InlineData("HTTP_AUTHORIZATION")]
    [InlineData("HTTP_PROXY_AUTHORIZATION")]
    [InlineData("CONTENT_TYPE")]
    public void Of_a_header_that_HTTP_allows_once_the_last_value_counts(string name)
    {
        string[] environment = For(new() { { name, "first" }, { "HTTP_X", "1" }, { name, "second" }, { name, "last" } }, new EnvironmentPolicy(allow: [Latin1.Bytes(name)]));
        Assert.Equal([$"{name}=last"], environment.Where(variable => variable.StartsWith(name + "=", StringComparison.Ordinal)));
    }

    [Theory, Trait("fault", "A03")]
    [InlineData("HTTP_ACCEPT")]
    [InlineData("HTTP_X_FORWARDED_FOR")]
    [InlineData("HTTP_IF_NONE_MATCH")]
    [InlineData("HTTP_HOSTS")]
    public void A_header_that_may_come_several_times_is_one_list(string name) => Assert.Contains($"{name}=a, b", For(new() { { name, "a" }, { name, "b" } }));

    [Fact]
    public void The_environment_of_a_script_has_the_protocol_of_the_request_and_the_gateway_interface()
    {
        Assert.Contains("REDIRECT_STATUS=200", For([])); // php-cgi
        Assert.Contains("REDIRECT_STATUS=404", For(new() { { "REDIRECT_STATUS", "404" } }));
        Assert.Contains("REQUEST_SCHEME=http", For([]));
        Assert.Contains("REQUEST_SCHEME=http", For(new() { { "HTTPS", "off" } }));
        Assert.Contains("REQUEST_SCHEME=https", For(new() { { "HTTPS", "on" } }));
        Assert.Contains("REQUEST_SCHEME=https", For(new() { { "REQUEST_SCHEME", "https" } }));
    }

    [Fact]
    public void The_environment_of_a_script_has_a_header_of_which_only_a_later_one_is_not_empty()
    {
        string[] environment = For(new() { { "HTTP_X", "" }, { "HTTP_X", "1" } });
        Assert.Equal(["HTTP_X=1"], environment.Where(variable => variable.StartsWith("HTTP_X=", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_environment_of_a_script_lacks_headers_of_the_connection_and_duplicates()
    {
        var request = new RequestBlock { { "SCGI", "1" }, { "HTTP_TRANSFER_ENCODING", "chunked" }, { "HTTP_CONTENT_LENGTH", "5" }, { "HTTP_CONTENT_TYPE", "a/b" }, { "HTTP_CONNECTION", "close" }, { "HTTP_KEEP_ALIVE", "5" }, { "HTTP_EXPECT", "100-continue" } };
        string[] environment = For(request);
        foreach ((string name, string value) in request)
            Assert.DoesNotContain($"{name}={value}", environment);
    }

    [Fact, Trait("fault", "H7")]
    public void The_environment_of_a_script_lacks_every_name_that_is_not_CGI_and_has_it_if_it_is_allowed()
    {
        var request = new RequestBlock { { "LD_PRELOAD", "/evil.so" }, { "HTTP_AUTHORIZATION", "Basic bTptbQ==" }, { "BASH_ENV", "/evil" }, { "HTTP_PROXY", "http://evil" }, { "http_proxy", "http://evil" }, { "proxy-nokeepalive", "1" } };
        Assert.DoesNotContain(For(request), variable => variable.Contains("evil", StringComparison.Ordinal) || variable.Contains("Basic", StringComparison.Ordinal) || variable.StartsWith("proxy", StringComparison.Ordinal));
        string[] environment = For(request, new EnvironmentPolicy(allow: [Latin1.Bytes("HTTP_AUTHORIZATION"), Latin1.Bytes("HTTP_PROXY"), Latin1.Bytes("http_proxy")]));
        Assert.Contains("HTTP_AUTHORIZATION=Basic bTptbQ==", environment);
        Assert.DoesNotContain(environment, variable => variable.Contains("evil", StringComparison.Ordinal));
    }

    [Fact]
    public void The_environment_of_a_script_has_locale_and_passed_variables_of_the_super_server()
    {
        string? path = Environment.GetEnvironmentVariable("PATH");
        Assert.SkipWhen(string.IsNullOrEmpty(path), "needs a PATH");
        Assert.Contains($"PATH={path}", For([]));
        string other = Environment.GetEnvironmentVariables().Keys.Cast<string>().FirstOrDefault(name => name.All(char.IsAsciiLetter) && name is not ("PATH" or "TZ" or "LANG" or "TMPDIR")) ?? "";
        Assert.SkipWhen(other.Length == 0, "needs another variable");
        Assert.DoesNotContain(For([]), variable => variable.StartsWith(other + "=", StringComparison.Ordinal));
        Assert.Contains(For([], new EnvironmentPolicy(pass: [Latin1.Bytes(other + "\0")])), variable => variable.StartsWith(other + "=", StringComparison.Ordinal));
    }

    [Fact]
    public void The_environment_of_a_script_is_no_longer_than_its_memory()
    {
        var request = new RequestBlock { { "HTTP_A", "1" }, { "HTTP_B", new string('x', 500) }, { "HTTP_A", "2" }, { "QUERY_STRING", "q" } };
        string[] whole = For(request, pathInfo: "/x");
        int size = whole.Sum(variable => variable.Length + 1);
        for (int room = 0; room <= size; room++)
            Assert.Equal(room < size, Write(request, default, 0, "/x", new byte[room], out _));
    }

    private static string[] For(RequestBlock request, EnvironmentPolicy policy = default, long bodyLength = 0, string pathInfo = "")
    {
        var memory = new byte[64 * 1024];
        Assert.False(Write(request, policy, bodyLength, pathInfo, memory, out int length));
        return Latin1.Text(memory.AsSpan(0, length)).TrimEnd('\0').Split('\0');
    }

    /// <returns>Whether the memory was too small.</returns>
    private static bool Write(RequestBlock request, EnvironmentPolicy policy, long bodyLength, string pathInfo, byte[] memory, out int length)
    {
        Arena arena = Arena.Create(1 << 16);
        var writer = new EnvironmentWriter(memory);
        var script = new ScriptLocation { Path = "/srv/cgi/a.cgi"u8, ScriptName = "/cgi/a.cgi"u8, PathInfo = Latin1.Bytes(pathInfo) };
        CgiEnvironment.Write(ref writer, request.Table(ref arena), script, bodyLength, policy);
        arena.Release();
        length = writer.Length;
        return writer.IsFull;
    }
}

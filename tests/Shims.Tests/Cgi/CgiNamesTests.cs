using System.Text;
using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class CgiNamesTests
{
    /// <summary>Each member that stands for one name.</summary>
    public static TheoryData<string> OneName { get; } = [.. Enum.GetValues<CgiName>().Where(name => name.IsOneName()).Select(name => name.ToString())];

    /// <summary>What web servers send of their own accord.</summary>
    public static TheoryData<string> Passed { get; } =
    [
        "AUTH_TYPE", "CONTENT_TYPE", "GATEWAY_INTERFACE", "QUERY_STRING", "REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_USER", "REMOTE_PORT", "REQUEST_METHOD", "REQUEST_URI", "REQUEST_SCHEME",
        "SERVER_ADDR", "SERVER_ADMIN", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SIGNATURE", "SERVER_SOFTWARE", "DOCUMENT_ROOT", "DOCUMENT_URI", "CONTEXT_PREFIX", "CONTEXT_DOCUMENT_ROOT",
        "HTTPS", "UNIQUE_ID", "SCRIPT_URL", "SCRIPT_URI", "REDIRECT_STATUS", "REDIRECT_URL", "REDIRECT_URI", "REDIRECT_QUERY_STRING", "FCGI_ROLE", "FCGI_DATA_LAST_MOD", "FCGI_DATA_LENGTH",
        "SSL_PROTOCOL", "SSL_CIPHER", "SSL_CIPHER_USEKEYSIZE", "SSL_CIPHER_EXPORT", "SSL_SESSION_ID", "SSL_SESSION_RESUMED", "SSL_SECURE_RENEG", "SSL_COMPRESS_METHOD", "SSL_TLS_SNI",
        "SSL_VERSION_INTERFACE", "SSL_VERSION_LIBRARY", "SSL_SRP_USER", "SSL_SRP_USERINFO", "SSL_CLIENT_S_DN", "SSL_CLIENT_VERIFY", "SSL_CLIENT_CERT_CHAIN_0", "SSL_SERVER_CERT", "SSL_SERVER_S_DN_CN",
        "HTTP_COOKIE", "HTTP_HOST", "HTTP_X_PATH", "HTTP_ENV", "HTTP_LD_PRELOAD", "HTTP_PROXY_CONNECTION", "HTTP_X_PROXY", "HTTP_", "HTTP_x",
    ];

    /// <summary>Names by which the review of 0.1.0 ran code, and others that are not CGI.</summary>
    public static TheoryData<string> NotPassed { get; } =
    [
        "LD_PRELOAD", "PATH", "ENV", "BASH_ENV", "PERL5LIB", "PYTHONPATH", "NODE_OPTIONS", "DOTNET_STARTUP_HOOKS",
        "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0", "GIT_TRACE", "GIT_HTTP_EXPORT_ALL", "GIT_PROJECT_ROOT", "PERL_JSON_BACKEND", "TAR_OPTIONS", "HOME", "ZDOTDIR", "TCL_LIBRARY",
        "HGRCPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "SSL_", "SSL_CLIENT", "SSL_SERVER", "SSL_CIPHERS", "HTTPS_PROXY", "CGI_HTTP_PROXY", "NODE_REDIRECT_WARNINGS", "XREDIRECT_URL",
        "REMOTE_", "REQUEST_", "SERVER_", "SCRIPT_", "CONTENT_", "DOCUMENT_", "HTTP", "http_host", "Http_Host", "query_string", "A", "GITWEB_CONFIG", "LISTEN_FDS", "FCGI_WEB_SERVER_ADDRS", "FCGI_",
    ];

    [Theory, MemberData(nameof(OneName))]
    public void A_known_name_is_found_by_its_spelling_and_by_no_other(string member)
    {
        string name = SpellingOf(member);
        CgiName expected = Enum.Parse<CgiName>(member);
        Assert.Equal(expected, CgiNames.Of(Latin1.Bytes(name)));
        foreach (string other in new[] { name + "_", name[..^1], "X" + name, name.ToLowerInvariant(), name + "\0" })
            Assert.NotEqual(expected, CgiNames.Of(Latin1.Bytes(other)));
    }

    [Theory, MemberData(nameof(Passed)), Trait("fault", "H7")]
    public void Variables_that_web_servers_send_are_passed_on(string name) => Assert.True(CgiNames.Of(Latin1.Bytes(name)).IsPassed());

    [Theory, MemberData(nameof(NotPassed)), Trait("fault", "H7")]
    public void A_name_that_is_not_CGI_is_held_back_and_may_be_allowed(string name)
    {
        CgiName known = CgiNames.Of(Latin1.Bytes(name));
        Assert.False(known.IsPassed());
        Assert.True(known.MayBeAllowed());
    }

    [Theory]
    [InlineData("HTTP_PROXY", true)]
    [InlineData("http_proxy", true)]
    [InlineData("Http_Proxy", true)]
    [InlineData("hTTP_pROXY", true)]
    [InlineData("HTTP_PROXY_", false)]
    [InlineData("HTTP_PROX", false)]
    [InlineData("XHTTP_PROXY", false)]
    [InlineData("SHIMS_STDERR", true)]
    [InlineData("SHIMS_", true)]
    [InlineData("SHIMS", false)]
    [InlineData("XSHIMS_STDERR", false)]
    [InlineData("", false)]
    [Trait("fault", "M10")]
    public void HTTP_PROXY_in_any_case_and_settings_of_our_programs_are_never_passed(string name, bool expected)
    {
        Assert.Equal(expected, CgiNames.IsNeverPassed(Latin1.Bytes(name)));
        Assert.Equal(expected, CgiNames.Of(Latin1.Bytes(name)) == CgiName.Dangerous);
        Assert.False(expected && (CgiName.Dangerous.IsPassed() || CgiName.Dangerous.MayBeAllowed()));
    }

    [Theory]
    [InlineData("A", true)]
    [InlineData("_", true)]
    [InlineData("_1", true)]
    [InlineData("a1_Z", true)]
    [InlineData("", false)]
    [InlineData("1A", false)]
    [InlineData("A-B", false)]
    [InlineData("HTTP_A-B", false)]
    [InlineData("SSL_CLIENT_A-B", false)]
    [InlineData("proxy-nokeepalive", false)]
    [InlineData("BASH_FUNC_x%%", false)]
    [InlineData("A B", false)]
    [InlineData("A.B", false)]
    [InlineData("A=B", false)]
    [InlineData("A\0B", false)]
    [InlineData("A\n", false)]
    [InlineData("\xC3\x84", false)]
    [InlineData("A@", false)]
    [InlineData("A[", false)]
    [InlineData("A`", false)]
    [InlineData("A{", false)]
    [InlineData("A/", false)]
    [InlineData("A:", false)]
    public void Portable_names_are_letters_digits_and_underscores(string name, bool expected)
    {
        Assert.Equal(expected, CgiNames.IsPortable(Latin1.Bytes(name)));
        Assert.Equal(!expected, CgiNames.Of(Latin1.Bytes(name)) == CgiName.Unportable);
    }

    [Theory]
    [InlineData("HTTP_CONTENT_LENGTH")]
    [InlineData("HTTP_CONTENT_TYPE")]
    [InlineData("HTTP_TRANSFER_ENCODING")]
    [InlineData("HTTP_CONNECTION")]
    [InlineData("HTTP_KEEP_ALIVE")]
    [InlineData("HTTP_EXPECT")]
    [InlineData("SCGI")]
    [InlineData("CONTENT_LENGTH")]
    [InlineData("PATH_INFO")]
    [InlineData("PATH_TRANSLATED")]
    [InlineData("SCRIPT_NAME")]
    [InlineData("SCRIPT_FILENAME")]
    public void Variables_that_repeat_others_or_that_the_gateway_writes_are_never_passed_on(string name)
    {
        CgiName known = CgiNames.Of(Latin1.Bytes(name));
        Assert.False(known.IsPassed());
        Assert.False(known.MayBeAllowed());
    }

    /// <summary>HttpUserAgent is HTTP_USER_AGENT.</summary>
    private static string SpellingOf(string member)
    {
        var name = new StringBuilder();
        foreach (char letter in member)
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0)
                name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }
}

using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class RequestNamesTests
{
    public static TheoryData<string> Denied { get; } =
    [
        "PATH", "ENV", "IFS", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "CDPATH", "GLOBIGNORE", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH", "NLSPATH", "HOSTALIASES", "TZ", "TZDIR",
        "TMPDIR", "TERMINFO", "TERMCAP", "PERLLIB", "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "LUA_INIT", "LUA_PATH", "LUA_CPATH",
        "PHPRC", "PHP_INI_SCAN_DIR", "TCLLIBPATH", "GEM_HOME", "GEM_PATH", "OPENSSL_CONF", "HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION",
        "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_", "DYLD_INSERT_LIBRARIES", "DYLD_", "MALLOC_CHECK_", "MALLOC_PERTURB_", "BASH_FUNC_x", "PERL5LIB", "PERL5OPT", "PERL5DB",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHON", "RUBYLIB", "RUBYOPT", "DOTNET_STARTUP_HOOKS", "DOTNET_gcServer", "COMPlus_EnableDiagnostics",
        "CORECLR_PROFILER", "CORECLR_ENABLE_PROFILING",
    ];

    public static TheoryData<string> Admitted { get; } =
    [
        "QUERY_STRING", "REQUEST_METHOD", "REMOTE_USER", "HTTP_COOKIE", "HTTP_HOST", "HTTP_X_PATH", "HTTP_ENV", "HTTP_LD_PRELOAD", "PATH_INFO", "PATH_TRANSLATED", "ENVIRONMENT", "XPATH",
        "XLD_PRELOAD", "LD", "LDX", "PERL_HASH_SEED", "PERL", "GIT_PROJECT_ROOT", "GITWEB_CONFIG", "AWSTATS_FORCE_CONFIG", "REDIRECT_STATUS", "HTTPS", "SSL_CLIENT_S_DN", "P", "AT", "H",
        "HTTP_PROXY_CONNECTION", "HTTP_X_PROXY", "MY_HTTP_PROXY", "TZ_NAME", "XTZ", "IFSX",
    ];

    [Theory, MemberData(nameof(Denied))]
    public void Names_that_become_code_or_configuration_are_denied_in_any_case(string name)
    {
        foreach (string spelling in new[] { name, name.ToLowerInvariant(), name.ToUpperInvariant(), Alternating(name) })
            Assert.True(RequestNames.IsDenied(Latin1.Bytes(spelling)), spelling);
    }

    [Theory, MemberData(nameof(Admitted))]
    public void Names_that_only_resemble_them_are_not_denied(string name) => Assert.False(RequestNames.IsDenied(Latin1.Bytes(name)));

    [Theory]
    [InlineData("HTTP_PROXY", true)]
    [InlineData("http_proxy", true)]
    [InlineData("Http_Proxy", true)]
    [InlineData("hTTP_pROXY", true)]
    [InlineData("HTTP_PROXY_", false)]
    [InlineData("HTTP_PROX", false)]
    [InlineData("XHTTP_PROXY", false)]
    [InlineData("", false)]
    public void HTTP_PROXY_is_never_passed_in_any_case(string name, bool expected) => Assert.Equal(expected, RequestNames.IsNeverPassed(Latin1.Bytes(name)));

    [Theory]
    [InlineData("A", true)]
    [InlineData("_", true)]
    [InlineData("_1", true)]
    [InlineData("a1_Z", true)]
    [InlineData("", false)]
    [InlineData("1A", false)]
    [InlineData("A-B", false)]
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
    public void Portable_names_are_letters_digits_and_underscores(string name, bool expected) => Assert.Equal(expected, RequestNames.IsPortable(Latin1.Bytes(name)));

    [Theory]
    [InlineData("HTTP_CONTENT_LENGTH", true)]
    [InlineData("HTTP_CONTENT_TYPE", true)]
    [InlineData("HTTP_TRANSFER_ENCODING", true)]
    [InlineData("HTTP_CONNECTION", true)]
    [InlineData("HTTP_KEEP_ALIVE", true)]
    [InlineData("SCGI", true)]
    [InlineData("CONTENT_LENGTH", false)]
    [InlineData("CONTENT_TYPE", false)]
    [InlineData("HTTP_CONTENT_ENCODING", false)]
    [InlineData("SCGI_", false)]
    public void What_another_variable_says_or_is_true_of_the_connection_only_is_redundant(string name, bool expected) =>
        Assert.Equal(expected, RequestNames.IsRedundant(Latin1.Bytes(name)));

    [Fact]
    public void A_name_with_spaces_is_not_found_across_two_names_of_a_list()
    {
        foreach (string name in new[] { "PATH ENV", " PATH", "PATH ", " ", "" })
        {
            Assert.False(RequestNames.IsDenied(Latin1.Bytes(name)), $"\"{name}\"");
            Assert.False(RequestNames.IsRedundant(Latin1.Bytes(name)), $"\"{name}\"");
            Assert.False(RequestNames.IsAbsentWhenEmpty(Latin1.Bytes(name)), $"\"{name}\"");
        }
    }

    [Fact]
    public void The_last_names_of_the_lists_are_found_too()
    {
        Assert.True(RequestNames.IsDenied("HTTP_PROXY_AUTHORIZATION"u8));
        Assert.True(RequestNames.IsRedundant("SCGI"u8));
        Assert.True(RequestNames.IsAbsentWhenEmpty("REMOTE_USER"u8));
    }

    private static string Alternating(string name) =>
        string.Concat(name.Select((letter, index) => index % 2 == 0 ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter)));
}

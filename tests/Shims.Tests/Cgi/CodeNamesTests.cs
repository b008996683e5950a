using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class CodeNamesTests
{
    public static TheoryData<string> OfCode { get; } =
    [
        "PATH", "ENV", "IFS", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "CDPATH", "GLOBIGNORE", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH", "NLSPATH", "HOSTALIASES", "TZ", "TZDIR",
        "TMPDIR", "TERMINFO", "TERMCAP", "PERLLIB", "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "LUA_INIT", "LUA_PATH", "LUA_CPATH",
        "PHPRC", "PHP_INI_SCAN_DIR", "TCLLIBPATH", "GEM_HOME", "GEM_PATH", "OPENSSL_CONF",
        "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_", "DYLD_INSERT_LIBRARIES", "DYLD_", "MALLOC_CHECK_", "MALLOC_PERTURB_", "BASH_FUNC_x", "PERL5LIB", "PERL5OPT", "PERL5DB",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHON", "RUBYLIB", "RUBYOPT", "DOTNET_STARTUP_HOOKS", "DOTNET_gcServer", "COMPlus_EnableDiagnostics",
        "CORECLR_PROFILER", "CORECLR_ENABLE_PROFILING",
        // Through these the review of 0.1.0 ran code, or had a file written.
        "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0", "GIT_TRACE", "GIT_TRACE_PACKET", "PERL_JSON_BACKEND", "TAR_OPTIONS", "HOME", "ZDOTDIR", "TCL_LIBRARY", "HGRCPATH",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "https_proxy", "CGI_HTTP_PROXY", "LISTEN_FDS", "NOTIFY_SOCKET", "FCGI_WEB_SERVER_ADDRS",
    ];

    public static TheoryData<string> Others { get; } =
    [
        "QUERY_STRING", "HTTP_HOST", "HTTP_ENV", "HTTP_LD_PRELOAD", "HTTP_AUTHORIZATION", "PATH_INFO", "ENVIRONMENT", "XPATH", "XLD_PRELOAD", "LD", "LDX", "PERL", "GIT_PROJECT_ROOT",
        "GIT_HTTP_EXPORT_ALL", "GITWEB_CONFIG", "CGIT_CONFIG", "AWSTATS_FORCE_CONFIG", "GEOIP_COUNTRY_CODE", "MY_HTTP_PROXY", "TZ_NAME", "XTZ", "IFSX", "A", "PATH ENV", " PATH", "PATH ", " ", "",
    ];

    [Theory, MemberData(nameof(OfCode)), Trait("fault", "H7")]
    public void Names_that_become_code_or_configuration_are_known_in_any_case(string name)
    {
        foreach (string spelling in new[] { name, name.ToLowerInvariant(), name.ToUpperInvariant(), Alternating(name) })
            Assert.True(CodeNames.Contains(Latin1.Bytes(spelling)), spelling);
    }

    [Theory, MemberData(nameof(Others))]
    public void Names_that_only_resemble_them_are_not_taken_for_them(string name) => Assert.False(CodeNames.Contains(Latin1.Bytes(name)));

    private static string Alternating(string name) =>
        string.Concat(name.Select((letter, index) => index % 2 == 0 ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter)));
}

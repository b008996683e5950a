using System.Text;

namespace Shims.Cgi;

/// <summary>Which variables of a request may become variables of a script. Allocates and throws nothing.</summary>
/// <remarks>
/// A denied name is one by which some loader, shell or interpreter takes code or configuration from its environment: whoever can name a
/// parameter must not thereby run a program (CVE-2014-6271, CVE-2016-5385, CVE-2017-17562). Compared without regard to case.
/// </remarks>
internal static class RequestNames
{
    /// <summary>Whether the name is one that every shell and program can take: a letter or underscore, then letters, digits and underscores.</summary>
    internal static bool IsPortable(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[0] is >= (byte)'0' and <= (byte)'9')
            return false;
        foreach (byte next in name)
        {
            if (next is not ((>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_'))
                return false;
        }
        return true;
    }

    /// <summary>HTTP_PROXY in any case: a header that HTTP clients take for their proxy (httpoxy). No option lets it through.</summary>
    internal static bool IsNeverPassed(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "HTTP_PROXY"u8);

    /// <summary>Whether only --allow-env lets the name through.</summary>
    internal static bool IsDenied(ReadOnlySpan<byte> name) => HasDeniedPrefix(name) || IsListed(name, DeniedNames);

    /// <summary>
    /// Whether the variable says what another one already says, or what is true of the connection to the web server only: whether it is there
    /// differs by web server, and a script that trusted it (HTTP_TRANSFER_ENCODING) would be wrong. RFC 3875 section 4.1.18.
    /// </summary>
    internal static bool IsRedundant(ReadOnlySpan<byte> name) => IsListed(name, RedundantNames);

    /// <summary>
    /// Whether an empty value means the same as none, which is how other web servers send it: lighttpd 1.4.69 leaves empty headers out, and
    /// Caddy 2.6 sends an empty User-Agent if there was none. RFC 3875 section 4.1 does not tell the two apart.
    /// </summary>
    internal static bool IsAbsentWhenEmpty(ReadOnlySpan<byte> name) => name.StartsWith("HTTP_"u8) || IsListed(name, AbsentWhenEmptyNames);

    /// <summary>A space before and after each name, so that one search finds whole names only.</summary>
    private static ReadOnlySpan<byte> DeniedNames =>
        " PATH ENV IFS BASH_ENV BASHOPTS SHELLOPTS PS4 CDPATH GLOBIGNORE GCONV_PATH GETCONF_DIR GLIBC_TUNABLES LOCPATH NLSPATH HOSTALIASES LOCALDOMAIN"u8 +
        " RES_OPTIONS RESOLV_HOST_CONF TZ TZDIR TMPDIR TERMINFO TERMCAP PERLLIB PERLIO NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS JAVA_TOOL_OPTIONS"u8 +
        " _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH PHPRC PHP_INI_SCAN_DIR TCLLIBPATH GEM_HOME GEM_PATH BUNDLE_GEMFILE R_PROFILE R_PROFILE_USER R_ENVIRON R_ENVIRON_USER"u8 +
        " OPENSSL_CONF OPENSSL_ENGINES OPENSSL_MODULES TERMINFO_DIRS BASH_LOADABLES_PATH GIT_EXEC_PATH GIT_SSH GIT_SSH_COMMAND SSLKEYLOGFILE HTTP_AUTHORIZATION HTTP_PROXY_AUTHORIZATION "u8;

    private static ReadOnlySpan<byte> RedundantNames =>
        " HTTP_CONTENT_LENGTH HTTP_CONTENT_TYPE HTTP_TRANSFER_ENCODING HTTP_CONNECTION HTTP_KEEP_ALIVE HTTP_EXPECT SCGI "u8;

    private static ReadOnlySpan<byte> AbsentWhenEmptyNames =>
        " AUTH_TYPE CONTENT_TYPE DOCUMENT_URI REMOTE_HOST REMOTE_IDENT REMOTE_USER "u8;

    private static bool HasDeniedPrefix(ReadOnlySpan<byte> name) =>
        StartsWith(name, "LD_"u8) || StartsWith(name, "DYLD_"u8) || StartsWith(name, "MALLOC_"u8) || StartsWith(name, "BASH_FUNC_"u8) ||
        StartsWith(name, "PERL5"u8) || StartsWith(name, "PYTHON"u8) || StartsWith(name, "RUBY"u8) ||
        StartsWith(name, "LUA_INIT"u8) || StartsWith(name, "LUA_PATH"u8) || StartsWith(name, "LUA_CPATH"u8) || StartsWith(name, "MONO_"u8) ||
        StartsWith(name, "DOTNET_"u8) || StartsWith(name, "COMPLUS_"u8) || StartsWith(name, "CORECLR_"u8);

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) =>
        name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);

    private static bool IsListed(ReadOnlySpan<byte> name, ReadOnlySpan<byte> list)
    {
        while (list.Length > 1)
        {
            list = list[1..];
            int end = list.IndexOf((byte)' ');
            if (end == name.Length && Ascii.EqualsIgnoreCase(list[..end], name))
                return true;
            list = list[end..];
        }
        return false;
    }
}

using System.Text;

namespace Shims.Cgi;

/// <summary>
/// Names by which some loader, shell, interpreter or tool takes code or its configuration from its environment: a client that can name a parameter must not thereby
/// run a program (CVE-2014-6271, CVE-2016-5385, CVE-2017-17562). Allocates and throws nothing.
/// </summary>
/// <remarks>
/// None of them is CGI, so none reaches a script by itself; and this list has no end. It is asked only where a pattern of the command line
/// (<c>--allow-env '*'</c>) would let through more than its writer can have thought of. Compared without regard to case.
/// </remarks>
internal static class CodeNames
{
    internal static bool Contains(ReadOnlySpan<byte> name) => StartsWithListed(name) || IsListed(name, Names) || IsListed(name, NamesOfTools);

    /// <summary>A space before and after each, so that one search finds whole names only.</summary>
    private static ReadOnlySpan<byte> Prefixes =>
        " LD_ DYLD_ MALLOC_ BASH_ PERL5 PERL_ PYTHON RUBY LUA_INIT LUA_PATH LUA_CPATH NODE_ MONO_ DOTNET_ COMPLUS_ CORECLR_ COREHOST_ ASPNETCORE_ NUGET_ MSBUILD"u8 +
        " GIT_CONFIG GIT_TRACE GIT_SSH GEM_ BUNDLE_ BUNDLER_ R_ DBI_ PAR_ FLASK_ GUILE_ ERL_ ELIXIR_ JULIA_ OPENSSL_ GNUTLS_ NSS_ XDG_ GIO_ GTK_ MAGICK_ ODBC PG LIBMYSQL_PLUGIN"u8 +
        " TEXTDOMAIN LISTEN_ "u8;

    private static ReadOnlySpan<byte> Names =>
        " PATH ENV IFS HOME SHELL ZDOTDIR FPATH BASHOPTS SHELLOPTS PS4 CDPATH GLOBIGNORE EXECIGNORE HISTFILE PROMPT_COMMAND GCONV_PATH GETCONF_DIR GLIBC_TUNABLES LOCPATH"u8 +
        " MUSL_LOCPATH NLSPATH LANGUAGE OUTPUT_CHARSET NIS_PATH HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_HOST_CONF GMON_OUT_PREFIX DATEMSK MSGVERB TZ TZDIR TMPDIR TMP TEMP TEMPDIR"u8 +
        " TERMINFO TERMINFO_DIRS TERMCAP PERLLIB PERLIO JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JDK_JAVAC_OPTIONS _JAVA_LAUNCHER_DEBUG JAVA_HOME JRE_HOME JAVA_OPTS"u8 +
        " IBM_JAVA_OPTIONS OPENJ9_JAVA_OPTIONS CATALINA_OPTS CLASSPATH PHPRC PHP_INI_SCAN_DIR USE_ZEND_ALLOC TCLLIBPATH TCL_LIBRARY TK_LIBRARY GEMRC RHOME OCTAVE_PATH"u8 +
        " OCAMLRUNPARAM CAML_LD_LIBRARY_PATH GHCRTS GODEBUG GOCOVERDIR GOTRACEBACK DJANGO_SETTINGS_MODULE ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS LLVM_PROFILE_FILE GCOV_PREFIX "u8;

    private static ReadOnlySpan<byte> NamesOfTools =>
        " GIT_EXEC_PATH GIT_ASKPASS GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND GIT_TEMPLATE_DIR HG HGPLAIN HGRCPATH SVN_SSH CVS_RSH RSYNC_RSH TAR_OPTIONS"u8 +
        " PAGER EDITOR VISUAL BROWSER LESSOPEN LESSCLOSE MAKEFLAGS MAKEFILES AWKPATH AWKLIBPATH SSH_ASKPASS SSH_AUTH_SOCK GNUPGHOME WGETRC CURL_HOME CURL_CA_BUNDLE"u8 +
        " REQUESTS_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE CTLOG_FILE RANDFILE HTTPS_PROXY ALL_PROXY FTP_PROXY NO_PROXY CGI_HTTP_PROXY GDK_PIXBUF_MODULE_FILE QT_PLUGIN_PATH"u8 +
        " GS_OPTIONS GS_LIB FONTCONFIG_FILE GDAL_DRIVER_PATH KRB5_CONFIG SASL_PATH LDAPCONF LDAPRC MYSQL_HOME ORACLE_HOME TNS_ADMIN TDSDUMP FREETDSCONF NOTIFY_SOCKET FCGI_WEB_SERVER_ADDRS "u8;

    private static bool IsListed(ReadOnlySpan<byte> name, ReadOnlySpan<byte> list)
    {
        while (TakeNext(ref list, out ReadOnlySpan<byte> listed))
        {
            if (Ascii.EqualsIgnoreCase(name, listed))
                return true;
        }
        return false;
    }

    private static bool StartsWithListed(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> list = Prefixes;
        while (TakeNext(ref list, out ReadOnlySpan<byte> prefix))
        {
            if (name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix))
                return true;
        }
        return false;
    }

    private static bool TakeNext(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> next)
    {
        next = default;
        if (list.Length <= 1)
            return false;
        list = list[1..];
        int end = list.IndexOf((byte)' ');
        next = list[..end];
        list = list[end..];
        return true;
    }
}

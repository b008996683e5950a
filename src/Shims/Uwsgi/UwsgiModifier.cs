namespace Shims.Uwsgi;

/// <summary>The values of modifier1 that ask for a page. All others are orders to uWSGI, some of which run code, or cannot be told from other protocols: none of them is obeyed.</summary>
/// <remarks>Spec: The uwsgi Protocol, "Modifier1". The administrator sets it (nginx: <c>uwsgi_modifier1</c>); Apache, lighttpd and uWSGI's router send 0.</remarks>
internal enum UwsgiModifier : byte
{
    /// <summary>WSGI: the usual value.</summary>
    Wsgi = 0,

    /// <summary>PSGI.</summary>
    Psgi = 5,

    /// <summary>Lua.</summary>
    Lua = 6,

    /// <summary>Rack.</summary>
    Rack = 7,

    /// <summary>JVM.</summary>
    Jvm = 8,

    /// <summary>CGI.</summary>
    Cgi = 9,

    /// <summary>PHP.</summary>
    Php = 14,

    /// <summary>Mono.</summary>
    Mono = 15,

    /// <summary>WSGI; SCRIPT_NAME is to be taken off the beginning of PATH_INFO.</summary>
    ManagedPathInfo = 30,
}

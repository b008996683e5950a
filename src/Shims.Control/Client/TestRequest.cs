using System.Globalization;
using System.Text;
using Shims.FastCgi;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>A request as a web server passes it on: the variables of nginx with the configurations in <c>nginx-examples/</c>, in the same
/// order.</summary>
internal sealed record TestRequest
{
    internal required RequestUrl Url { get; init; }

    internal string Method { get; init; } = "GET";

    /// <summary>The headers of the browser, without Host and Content-Length. Each becomes HTTP_*; Content-Type also becomes
    /// CONTENT_TYPE.</summary>
    internal IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Variables to set or replace, as <c>scgi_param</c> and <c>fastcgi_param</c> do; one without a value is removed.</summary>
    internal IReadOnlyList<(string Name, string? Value)> Parameters { get; init; } = [];

    /// <summary>SCRIPT_FILENAME: the script's path on disk. Null leaves it and DOCUMENT_ROOT out.</summary>
    internal string? ScriptFilename { get; init; }

    /// <summary>True if the program that is asked has a site to itself, and no script is named: all of the path is PATH_INFO.</summary>
    internal bool IsForHandler { get; init; }

    /// <summary>AJP13: what the container asks for. Null for none. It is in no variable.</summary>
    internal byte[]? Secret { get; init; }

    internal Role Role { get; init; } = Role.Responder;

    /// <summary>The body, read once and only forwards; null for none. The caller disposes of it.</summary>
    internal Stream? Body { get; init; }

    /// <summary>The length of the body in bytes.</summary>
    internal long ContentLength { get; init; }

    /// <summary>The browser's address.</summary>
    internal string RemoteAddress { get; init; } = "127.0.0.1";

    internal int RemotePort { get; init; } = 50000;

    /// <summary>The server's name and version: SERVER_SOFTWARE.</summary>
    internal string ServerSoftware { get; init; } = OwnName;

    /// <summary>Name and version of this program.</summary>
    internal static string OwnName { get; } = "shimctl/" + typeof(TestRequest).Assembly.GetName().Version!.ToString(3);

    /// <summary>Whether nginx drops a header of that name: <c>underscores_in_headers</c>. HTTP_X_A could mean X_A or X-A.</summary>
    internal static bool IsDropped(string name) => name.Contains('_', StringComparison.Ordinal);

    /// <summary>The request with a body that is in memory.</summary>
    internal TestRequest WithBody(byte[] body) => this with { Body = new MemoryStream(body, writable: false), ContentLength = body.Length };

    /// <summary>The variables, in the order of sending.</summary>
    internal List<RequestVariable> VariablesFor(Protocol protocol)
    {
        var variables = new VariableList();
        (byte[] scriptName, byte[] pathInfo) = DividePath();
        if (protocol == Protocols.Ajp13)
            AddAjpFields(variables);
        else if (protocol == Protocols.Uwsgi)
            AddUwsgiParameters(variables, scriptName, pathInfo);
        else if (protocol == Protocols.Scgi)
            AddScgiParameters(variables, scriptName, pathInfo);
        else
            AddFastCgiParameters(variables, scriptName, pathInfo);
        AddHeaders(variables, protocol);
        foreach ((string name, string? value) in Parameters)
            variables.Replace(name, value);
        return variables.ToList();
    }

    /// <summary>Adds the variables in nginx's order: those of its SCGI module, of scgi_params, and of nginx-examples/scgi.conf.</summary>
    private void AddScgiParameters(VariableList variables, byte[] scriptName, byte[] pathInfo)
    {
        variables.Add("CONTENT_LENGTH", ContentLength.ToString(CultureInfo.InvariantCulture));
        variables.Add("REQUEST_METHOD", Method);
        variables.Add("REQUEST_URI", Url.Uri);
        variables.Add("QUERY_STRING", Url.Query);
        variables.Add("CONTENT_TYPE", ContentType);
        variables.Add("DOCUMENT_URI", Url.Path);
        if (ScriptFilename is not null)
            variables.Add("DOCUMENT_ROOT", DocumentRoot(scriptName));
        variables.Add("SCGI", "1");
        AddServer(variables);
        variables.Add("REMOTE_ADDR", RemoteAddress);
        variables.Add("REMOTE_PORT", RemotePort.ToString(CultureInfo.InvariantCulture));
        variables.Add("SERVER_PORT", Url.Port.ToString(CultureInfo.InvariantCulture));
        variables.Add("SERVER_NAME", Url.Host);
        variables.Add("HTTP_HOST", Url.Authority);
        if (ScriptFilename is not null)
            variables.Add("SCRIPT_FILENAME", ScriptFilename);
        variables.Add("SCRIPT_NAME", scriptName);
        variables.Add("PATH_INFO", pathInfo);
        variables.Add("SERVER_SOFTWARE", ServerSoftware);
    }

    /// <summary>Adds the variables in nginx's order: those of fastcgi_params, and of nginx-examples/fastcgi.conf.</summary>
    private void AddFastCgiParameters(VariableList variables, byte[] scriptName, byte[] pathInfo)
    {
        variables.Add("QUERY_STRING", Url.Query);
        variables.Add("REQUEST_METHOD", Method);
        variables.Add("CONTENT_TYPE", ContentType);
        variables.Add("CONTENT_LENGTH", Body is null ? "" : ContentLength.ToString(CultureInfo.InvariantCulture));
        variables.Add("SCRIPT_NAME", scriptName);
        variables.Add("REQUEST_URI", Url.Uri);
        variables.Add("DOCUMENT_URI", Url.Path);
        if (ScriptFilename is not null)
            variables.Add("DOCUMENT_ROOT", DocumentRoot(scriptName));
        AddServer(variables);
        variables.Add("GATEWAY_INTERFACE", "CGI/1.1");
        variables.Add("SERVER_SOFTWARE", ServerSoftware);
        variables.Add("REMOTE_ADDR", RemoteAddress);
        variables.Add("REMOTE_PORT", RemotePort.ToString(CultureInfo.InvariantCulture));
        variables.Add("SERVER_ADDR", "127.0.0.1");
        variables.Add("SERVER_PORT", Url.Port.ToString(CultureInfo.InvariantCulture));
        variables.Add("SERVER_NAME", Url.Host);
        // php-cgi refuses a request without it.
        variables.Add("REDIRECT_STATUS", "200");
        variables.Add("HTTP_HOST", Url.Authority);
        if (ScriptFilename is not null)
            variables.Add("SCRIPT_FILENAME", ScriptFilename);
        variables.Add("PATH_INFO", pathInfo);
    }

    /// <summary>Adds the variables in nginx's order: those of uwsgi_params, of which PATH_INFO is the whole path, and of
    /// nginx-examples/uwsgi.conf; and if a script is named, those that divide the path.</summary>
    private void AddUwsgiParameters(VariableList variables, byte[] scriptName, byte[] pathInfo)
    {
        variables.Add("QUERY_STRING", Url.Query);
        variables.Add("REQUEST_METHOD", Method);
        variables.Add("CONTENT_TYPE", ContentType);
        variables.Add("CONTENT_LENGTH", Body is null ? "" : ContentLength.ToString(CultureInfo.InvariantCulture));
        variables.Add("REQUEST_URI", Url.Uri);
        variables.Add("PATH_INFO", ScriptFilename is null ? Url.Path : pathInfo);
        if (ScriptFilename is not null)
            variables.Add("DOCUMENT_ROOT", DocumentRoot(scriptName));
        AddServer(variables);
        variables.Add("REMOTE_ADDR", RemoteAddress);
        variables.Add("REMOTE_PORT", RemotePort.ToString(CultureInfo.InvariantCulture));
        variables.Add("SERVER_PORT", Url.Port.ToString(CultureInfo.InvariantCulture));
        variables.Add("SERVER_NAME", Url.Host);
        variables.Add("SERVER_ADDR", "127.0.0.1");
        variables.Add("SERVER_SOFTWARE", ServerSoftware);
        variables.Add("HTTP_HOST", Url.Authority);
        if (ScriptFilename is null)
            return;
        variables.Add("SCRIPT_NAME", scriptName);
        variables.Add("SCRIPT_FILENAME", ScriptFilename);
    }

    /// <summary>Adds what mod_proxy_ajp sends of a request, in the words of CGI. It names no script.</summary>
    private void AddAjpFields(VariableList variables)
    {
        variables.Add("REQUEST_METHOD", Method);
        variables.Add("SERVER_PROTOCOL", "HTTP/1.1");
        variables.Add("REQUEST_URI", Url.Uri);
        variables.Add("QUERY_STRING", Url.Query);
        variables.Add("REMOTE_ADDR", RemoteAddress);
        variables.Add("REMOTE_PORT", RemotePort.ToString(CultureInfo.InvariantCulture));
        variables.Add("SERVER_NAME", Url.Host);
        variables.Add("SERVER_PORT", Url.Port.ToString(CultureInfo.InvariantCulture));
        if (Url.Scheme == "https")
            variables.Add("HTTPS", "on");
        if (ScriptFilename is not null)
            variables.Add("SCRIPT_FILENAME", ScriptFilename);
        if (ContentType.Length > 0)
            variables.Add("CONTENT_TYPE", ContentType);
        if (Body is not null)
            variables.Add("CONTENT_LENGTH", ContentLength.ToString(CultureInfo.InvariantCulture));
        variables.Add("HTTP_HOST", Url.Authority);
    }

    private void AddServer(VariableList variables)
    {
        variables.Add("SERVER_PROTOCOL", "HTTP/1.1");
        variables.Add("REQUEST_SCHEME", Url.Scheme);
        if (Url.Scheme == "https")
            variables.Add("HTTPS", "on");
    }

    private void AddHeaders(VariableList variables, Protocol protocol)
    {
        // Over AJP13 these are headers themselves.
        bool isAjp = protocol == Protocols.Ajp13;
        if (Body is not null && !isAjp)
            variables.Add("HTTP_CONTENT_LENGTH", ContentLength.ToString(CultureInfo.InvariantCulture));
        foreach ((string name, string value) in Headers.Where(header => !IsDropped(header.Name)))
        {
            string variable = "HTTP_" + name.ToUpperInvariant().Replace('-', '_');
            if (isAjp && variable == "HTTP_CONTENT_TYPE")
                continue;
            if (variable == "HTTP_HOST")
                variables.Replace(variable, value);
            else
                variables.Add(variable, value);
        }
    }

    private string ContentType =>
        Headers.LastOrDefault(header => header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>Splits the path after the script's file name, as a web server's configuration does by a pattern. The rest is
    /// PATH_INFO.</summary>
    private (byte[] ScriptName, byte[] PathInfo) DividePath()
    {
        if (ScriptFilename is not null)
        {
            byte[] name = Encoding.UTF8.GetBytes("/" + Path.GetFileName(ScriptFilename));
            for (int start = 0; Url.Path.AsSpan(start).IndexOf(name) is >= 0 and int found;)
            {
                int end = start + found + name.Length;
                if (end == Url.Path.Length || Url.Path[end] == (byte)'/')
                    return (Url.Path[..end], Url.Path[end..]);
                start = end;
            }
        }
        return IsForHandler ? ([], Url.Path) : (Url.Path, []);
    }

    /// <summary>The directory below which SCRIPT_NAME leads to the script; the script's own directory if it does not.</summary>
    private string DocumentRoot(byte[] scriptName)
    {
        string name = Encoding.UTF8.GetString(scriptName);
        return ScriptFilename!.EndsWith(name, StringComparison.Ordinal) && ScriptFilename.Length > name.Length
            ? ScriptFilename[..^name.Length]
            : Path.GetDirectoryName(ScriptFilename) ?? "/";
    }
}

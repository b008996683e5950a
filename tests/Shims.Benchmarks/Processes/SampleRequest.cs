using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>A page view as nginx passes it on with its usual parameters, from a browser with its usual headers.</summary>
internal static class SampleRequest
{
    /// <summary>What it asks for, unless a script is to be told something else.</summary>
    public const string Query = "page=3&order=date";

    /// <summary>A file with the request, as SCGI.</summary>
    public static string Scgi(Workshop workshop, string script, string query = Query, byte[]? body = null) =>
        workshop.Store($"{Path.GetFileName(script)}-{body?.Length ?? 0}.scgi", ScgiClient.Encode(Variables(script, query), body ?? []));

    /// <summary>A file with the request, as uwsgi.</summary>
    public static string Uwsgi(Workshop workshop, string script, string query = Query) =>
        workshop.Store(Path.GetFileName(script) + ".uwsgi", UwsgiClient.Encode(Variables(script, query), default));

    /// <summary>A file with the request, as FastCGI.</summary>
    public static string FastCgi(Workshop workshop, string script, string query = Query) =>
        workshop.Store(Path.GetFileName(script) + ".fcgi", FastCgiClient.Encode(Variables(script, query)));

    /// <summary>A file with a request for the page of an app whose URL it is, as SCGI.</summary>
    public static string App(Workshop workshop, string path = HelloApp.Path) =>
        workshop.Store($"app{path.Replace('/', '-')}.scgi", ScgiClient.Encode(Variables("/app", "").With("REQUEST_URI", path).With("SCRIPT_NAME", "").Without("PATH_INFO"), []));

    private static RequestVariables Variables(string script, string query)
    {
        RequestVariables variables = RequestVariables.For("GET", script, query: query);
        variables.Add("CONTENT_TYPE", "");
        variables.Add("DOCUMENT_URI", "/cgi-bin/" + Path.GetFileName(script));
        variables.Add("DOCUMENT_ROOT", "/var/www/html");
        variables.Add("REQUEST_SCHEME", "http");
        variables.Add("SERVER_ADDR", "127.0.0.1");
        variables.Add("SERVER_SOFTWARE", "nginx/1.22.1");
        variables.Add("GATEWAY_INTERFACE", "CGI/1.1");
        variables.Add("REDIRECT_STATUS", "200");
        variables.Add("HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
        variables.Add("HTTP_ACCEPT", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        variables.Add("HTTP_ACCEPT_LANGUAGE", "en-GB,en;q=0.7,de;q=0.3");
        variables.Add("HTTP_ACCEPT_ENCODING", "gzip, deflate");
        variables.Add("HTTP_CONNECTION", "keep-alive");
        variables.Add("HTTP_COOKIE", "session=0123456789abcdef");
        return variables;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Shims.Hosting;

namespace Shims;

/// <summary>A request of a test, with the variables that a web server would send.</summary>
/// <example><code>
/// var request = new ShimTestRequest("PUT", "/notes/7?draft=1")
/// {
///     ContentType = "text/plain",
///     Body = "milk"u8.ToArray(),
///     Headers = { ["If-Match"] = "\"5\"" },
///     RemoteUser = "ada",
/// };
/// Debug.Assert(ShimTest.Send((incoming, response) => response.StatusCode = 204, request).StatusCode == 204);
/// </code></example>
public sealed class ShimTestRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="method">GET, POST, ...</param>
    /// <param name="url">Path and query, encoded as a browser sends them. A whole URL is cut down to these.</param>
    /// <exception cref="ArgumentException">The URL has no path that begins with a slash.</exception>
    public ShimTestRequest(string method, string url)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentException.ThrowIfNullOrEmpty(url);
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && !url.AsSpan(0, scheme).ContainsAny("/?"))
            url = url.IndexOf('/', scheme + 3) is >= 0 and int path ? url[path..] : "/";
        if (!url.StartsWith('/'))
            throw new ArgumentException("The URL of a request begins with a slash.", nameof(url));
        int fragment = url.IndexOf('#');
        (Method, Url) = (method, fragment < 0 ? url : url[..fragment]);
    }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>Path and query.</summary>
    public string Url { get; }

    /// <summary>
    /// The path that names the program in its site, such as <c>/app</c>; what follows it in the URL is PATH_INFO. Default: empty, all of
    /// the site.
    /// </summary>
    public string ScriptName { get; init; } = "";

    /// <summary>The headers beside those that have a property here.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The cookies, as they are sent.</summary>
    public IDictionary<string, string> Cookies { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Variables of CGI that are set beside the usual ones, or in their place.</summary>
    public IDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The media type of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Host and port. Default: localhost.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>True if the browser's connection is encrypted.</summary>
    public bool IsHttps { get; init; }

    /// <summary>The address of the client. Default: 127.0.0.1.</summary>
    public string RemoteAddress { get; init; } = "127.0.0.1";

    /// <summary>The user that the web server has authenticated; null for none.</summary>
    public string? RemoteUser { get; init; }

    /// <summary>A GET request.</summary>
    public static ShimTestRequest Get(string url) => new("GET", url);

    /// <summary>A form that is sent with POST, as <c>application/x-www-form-urlencoded</c>.</summary>
    /// <example><code>
    /// var request = ShimTestRequest.Form("/notes", ("title", "milk"), ("text", "two litres"));
    /// </code></example>
    public static ShimTestRequest Form(string url, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var body = new StringBuilder();
        foreach ((string name, string value) in fields)
            body.Append(body.Length > 0 ? "&" : "").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        return new ShimTestRequest("POST", url)
        {
            ContentType = "application/x-www-form-urlencoded",
            Body = Encoding.ASCII.GetBytes(body.ToString()),
        };
    }

    /// <summary>A form with a file that is sent with POST, as <c>multipart/form-data</c>.</summary>
    /// <param name="url">Path and query.</param>
    /// <param name="field">The name of the field with the file.</param>
    /// <param name="fileName">The name of the file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="fields">The other fields.</param>
    /// <example><code>
    /// var request = ShimTestRequest.Upload("/files", "file", "cat.png", new byte[] { 1, 2, 3 }, ("title", "a cat"));
    /// </code></example>
    public static ShimTestRequest Upload(
        string url, string field, string fileName, ReadOnlyMemory<byte> content, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        const string boundary = "----ShimTest7d41b838e2";
        var body = new MemoryStream();
        foreach ((string name, string value) in fields)
            body.Write(Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        body.Write(Encoding.UTF8.GetBytes(
            $"--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{fileName}\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"));
        body.Write(content.Span);
        body.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"));
        return new ShimTestRequest("POST", url) { ContentType = "multipart/form-data; boundary=" + boundary, Body = body.ToArray() };
    }

    /// <summary>JSON that is sent with POST.</summary>
    /// <example><code>
    /// [JsonSerializable(typeof(string[]))]
    /// partial class Words : JsonSerializerContext;
    /// ...
    /// var request = ShimTestRequest.Json("/api/words", ["one", "two"], Words.Default.StringArray);
    /// </code></example>
    public static ShimTestRequest Json<T>(string url, T value, JsonTypeInfo<T> typeInfo) =>
        new("POST", url) { ContentType = "application/json", Body = JsonSerializer.SerializeToUtf8Bytes(value, typeInfo) };

    /// <summary>
    /// Sends this request as a browser does that shows a page: with the cookies that came with it, and the antiforgery token that is in it.
    /// </summary>
    /// <param name="page">The page. Cookies that it has removed are not sent.</param>
    /// <returns>This request.</returns>
    /// <example><code>
    /// ShimTestResponse page = ShimTest.Send(routes, ShimTestRequest.Get("/"));
    /// ShimTestResponse sent = ShimTest.Send(routes, ShimTestRequest.Form("/notes", ("title", "milk")).From(page));
    /// </code></example>
    public ShimTestRequest From(ShimTestResponse page)
    {
        ArgumentNullException.ThrowIfNull(page);
        foreach ((string name, string? value) in page.Cookies)
        {
            if (value is null)
                Cookies.Remove(name);
            else
                Cookies[name] = value;
        }
        if (page.AntiforgeryToken is { } token)
            Headers[Antiforgery.HeaderName] = token;
        return this;
    }

    /// <summary>The variables. See <see cref="Cgi.CgiVariables"/>.</summary>
    internal byte[] Encode()
    {
        int query = Url.IndexOf('?');
        string path = Uri.UnescapeDataString(query < 0 ? Url : Url[..query]);
        bool isBelow = path.StartsWith(ScriptName, StringComparison.Ordinal)
            && (path.Length == ScriptName.Length || path[ScriptName.Length] == '/');
        int colon = Host.LastIndexOf(':');
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CONTENT_LENGTH"] = Body.Length.ToString(CultureInfo.InvariantCulture),
            ["REQUEST_METHOD"] = Method,
            ["REQUEST_URI"] = Url,
            ["QUERY_STRING"] = query < 0 ? "" : Url[(query + 1)..],
            ["SCRIPT_NAME"] = isBelow ? ScriptName : path,
            ["PATH_INFO"] = isBelow ? path[ScriptName.Length..] : "",
            ["SERVER_PROTOCOL"] = "HTTP/1.1",
            ["SERVER_NAME"] = colon < 0 ? Host : Host[..colon],
            ["SERVER_PORT"] = colon < 0 ? IsHttps ? "443" : "80" : Host[(colon + 1)..],
            ["REMOTE_ADDR"] = RemoteAddress,
            ["HTTP_HOST"] = Host,
        };
        if (IsHttps)
            variables["HTTPS"] = "on";
        if (RemoteUser is not null)
            variables["REMOTE_USER"] = RemoteUser;
        if (ContentType is not null)
            variables["CONTENT_TYPE"] = ContentType;
        if (Cookies.Count > 0)
            variables["HTTP_COOKIE"] = string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        foreach ((string name, string value) in Headers)
            variables["HTTP_" + name.ToUpperInvariant().Replace('-', '_')] = value;
        foreach ((string name, string value) in Variables)
            variables[name] = value;
        return Encoding.UTF8.GetBytes(string.Concat(variables.Select(variable => $"{variable.Key}\0{variable.Value}\0")));
    }
}

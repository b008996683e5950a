using System.Text.Json.Serialization.Metadata;
using Shims.Cgi;
using Shims.Hosting;

namespace Shims;

/// <summary>A request, the same whichever web server and protocol brought it. RFC 3875 section 4.</summary>
/// <remarks>Nothing is decoded before it is asked for. A request is used by one thread at a time.</remarks>
/// <example><code>
/// Shim.Run((request, response) =>
/// {
///     string page = request.Query["page"] ?? "1";
///     string language = request.Headers["Accept-Language"] ?? "en";
///     response.Write($"{request.Method} {request.PathInfo}, page {page}, in {language}\n");
/// });
/// </code></example>
public sealed class CgiRequest
{
    private readonly HandlerChannel _channel;
    private readonly ShimOptions _options;
    private (string ScriptName, string PathInfo)? _path;

    internal CgiRequest(HandlerChannel channel, ShimOptions options)
    {
        _channel = channel;
        _options = options;
        Variables = new CgiVariableCollection(channel.Variables);
        Method = Variables.Text("REQUEST_METHOD"u8) is { Length: > 0 } method ? method : "GET";
    }

    /// <summary>The method: GET, POST, ... as it was sent. RFC 3875 section 4.1.12.</summary>
    public string Method { get; }

    /// <summary><c>https</c> if the browser's connection is encrypted as far as the web server tells (HTTPS, REQUEST_SCHEME), else <c>http</c>.</summary>
    public string Scheme => IsSecure ? "https" : "http";

    /// <summary>Host and port as the browser asked for them (Host header); else the server's own name and port. RFC 3875 sections 4.1.14 and 4.1.15.</summary>
    public string Host
    {
        get
        {
            if (Headers["Host"] is { Length: > 0 } host)
                return host;
            string name = CgiVariableCollection.ToText(HostAndPort.HostOf(Variables.Find("SERVER_NAME"u8).GetValueOrDefault().Span));
            string port = Variables.Text("SERVER_PORT"u8) ?? "";
            return port.Length == 0 || port == (Scheme == "https" ? "443" : "80") ? name : $"{name}:{port}";
        }
    }

    /// <summary>The path of the URL as far as it names this program, decoded; empty for the root of the site. RFC 3875 section 4.1.13.</summary>
    public string ScriptName => (_path ??= RequestPath.Split(_channel.Variables, _options.MountPath)).ScriptName;

    /// <summary>The path of the URL after <see cref="ScriptName"/>, decoded; empty, or beginning with a slash. RFC 3875 section 4.1.5.</summary>
    public string PathInfo => (_path ??= RequestPath.Split(_channel.Variables, _options.MountPath)).PathInfo;

    /// <summary>The query as it was sent, without its question mark; empty if there is none. RFC 3875 section 4.1.7.</summary>
    public string QueryString => CgiVariableCollection.ToText(Queried);

    /// <summary>The query, decoded: <c>+</c> is a space, and percent-encoded bytes are UTF-8.</summary>
    /// <exception cref="BadRequestException">It has more than 1024 values (413).</exception>
    public ValueCollection Query => field ??= UrlEncodedValues.Read(Queried, FormLimits.DefaultMaxFields);

    /// <summary>
    /// The values of the parameters of the route, by their names: <c>id</c> for <c>/notes/{id}</c>. Empty without routes.
    /// </summary>
    /// <example><code>
    /// app.MapGet("/notes/{year:int}/{title}", (request, response) =>
    ///     response.Write($"{request.RouteValues["title"]} of {request.RouteValues["year"]}\n"));
    /// </code></example>
    public ValueCollection RouteValues
    {
        get => field ??= new ValueCollection([]);
        internal set;
    }

    /// <summary>The headers.</summary>
    public RequestHeaderCollection Headers => field ??= new RequestHeaderCollection(Variables);

    /// <summary>The media type of the body, or null if none was told. RFC 3875 section 4.1.3.</summary>
    public string? ContentType => Headers["Content-Type"];

    /// <summary>Bytes of the body; 0 if there is none; null if only its end will tell (a chunked body in plain CGI). RFC 3875 section 4.1.2.</summary>
    public long? ContentLength => _channel.BodyLength < 0 ? null : _channel.BodyLength;

    /// <summary>The body, as it comes in: can be read once, ends after <see cref="ContentLength"/> bytes, cannot be sought. Reading waits for what has not come yet.</summary>
    /// <remarks>Reading throws <see cref="RequestAbortedException"/> when the client has gone before the end, so that half a body is never taken for the whole.</remarks>
    public Stream Body => field ??= new RequestBodyStream(_channel);

    /// <summary>The cookies, as they were sent. RFC 6265 section 4.2.</summary>
    public ValueCollection Cookies => field ??= CookieFormat.Read(Headers["Cookie"]);

    /// <summary>The cookies that this program has signed, as they were when it did.</summary>
    public SignedCookies SignedCookies => field ??= new SignedCookies(Cookies);

    /// <summary>The address of the client, or of the last proxy in front of the web server; empty if none was told. RFC 3875 section 4.1.8.</summary>
    public string RemoteAddress => Variables.Text("REMOTE_ADDR"u8) ?? "";

    /// <summary>The user that the web server has authenticated, or null. RFC 3875 section 4.1.11.</summary>
    public string? RemoteUser => Variables.Text("REMOTE_USER"u8) is { Length: > 0 } user ? user : null;

    /// <summary>All variables, as bytes and as text.</summary>
    public CgiVariableCollection Variables { get; }

    /// <summary>The id that stands on error pages and in the log.</summary>
    public string RequestId => _channel.RequestId;

    /// <summary>
    /// Cancelled when the response is no longer wanted. On a listening socket that is noticed at any time; in a process that serves one connection, while
    /// the handler reads or writes.
    /// </summary>
    public CancellationToken Aborted => _channel.Aborted;

    /// <summary>True if pages may say what is wrong.</summary>
    internal bool ShowsErrors => _options.ErrorsTo == ErrorAudience.Browser;

    internal Antiforgery Antiforgery => field ??= new Antiforgery(SignedCookies, IsSecure, RemoteUser);

    internal OneTimeMessages Messages => field ??= new OneTimeMessages(SignedCookies, IsSecure);

    /// <summary>True if the browser's connection is encrypted as far as the web server tells.</summary>
    internal bool IsSecure => Variables.Text("HTTPS"u8) is "on" or "1" || Variables.Text("REQUEST_SCHEME"u8) == "https";

    private RequestContent Content => new(Body, ContentType, ContentLength);

    private ReadOnlySpan<byte> Queried
    {
        get
        {
            var variables = new CgiVariables(_channel.Variables);
            return RequestedQuery.Of(variables.Get("REQUEST_URI"u8), variables.Get("QUERY_STRING"u8));
        }
    }

    /// <summary>The URL of a page of this program: its own path in the site (<see cref="ScriptName"/>), and a path below it.</summary>
    /// <param name="path">A path that begins with a slash, such as <c>/notes?page=2</c>, encoded as a URL is; empty for the program
    /// itself. Spaces, control characters and backslashes are percent-encoded.</param>
    /// <returns>A URL without scheme and host, for a link, a form or <see cref="CgiResponse.Redirect"/>. It never leads to another
    /// host.</returns>
    /// <exception cref="ArgumentException">The path does not begin with a slash, a question mark or a hash; or a part of it is <c>.</c> or
    /// <c>..</c>, which browsers take for a folder above, also as <c>%2E%2E</c>.</exception>
    /// <example><code>
    /// response.Redirect(request.AppUrl("/notes"));   // /app/notes, if the program is at /app
    /// </code></example>
    public string AppUrl(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length > 0 && path[0] is not ('/' or '?' or '#'))
            throw new ArgumentException("The path of a page begins with a slash.", nameof(path));
        string url = string.Join('/', Array.ConvertAll(ScriptName.TrimEnd('/').Split('/'), Uri.EscapeDataString)) + UrlPath.Encode(path);
        return url.StartsWith('/') ? url.StartsWith("//", StringComparison.Ordinal) ? "/" + url.TrimStart('/') : url : "/" + url;
    }

    /// <summary>The URL of a page of this program, from an interpolated string whose values are percent-encoded.</summary>
    /// <param name="path">A path that begins with a slash, written in place.</param>
    /// <returns>As <see cref="AppUrl(string)"/>.</returns>
    /// <exception cref="ArgumentException">As for <see cref="AppUrl(string)"/>: a value that is a part of the path must not be <c>.</c> or
    /// <c>..</c>.</exception>
    /// <example><code>
    /// response.WriteHtml($"&lt;a href=\"{request.AppUrl($"/notes/{"a&amp;b"}")}\"&gt;a&amp;b&lt;/a&gt;");   // /app/notes/a%26b
    /// </code></example>
    public string AppUrl(UrlInterpolatedStringHandler path) => AppUrl(path.ToString());

    /// <summary>Reads the body as a form: <c>application/x-www-form-urlencoded</c> (URL Standard section 5.1) or <c>multipart/form-data</c> (RFC 7578).</summary>
    /// <param name="limits">The limits of what is accepted; null for the defaults.</param>
    /// <returns>The fields and files. Dispose it to delete what larger files were kept in meanwhile.</returns>
    /// <exception cref="BadRequestException">The body is not a form (415), is malformed (400), or larger than the limits (413).</exception>
    /// <exception cref="RequestAbortedException">The client has gone before the end of the body.</exception>
    /// <example><code>
    /// using CgiForm form = request.ReadForm();
    /// string title = form["title"] ?? throw new BadRequestException(422, "there is no title");
    /// </code></example>
    public CgiForm ReadForm(FormLimits? limits = null) => CgiForm.Read(Content, limits ?? new FormLimits());

    /// <summary>Reads the body as <c>multipart/form-data</c> (RFC 7578), part by part as it comes in: nothing is kept.</summary>
    /// <param name="limits">The limits of what is accepted; null for the defaults.</param>
    /// <returns>The parts. Each is good until the next one is asked for.</returns>
    /// <exception cref="BadRequestException">The body is not a multipart form (415), is malformed (400), or larger than the limits (413).</exception>
    /// <exception cref="RequestAbortedException">The client has gone before the end of the body.</exception>
    /// <example><code>
    /// foreach (FormPart part in request.ReadFormParts())
    /// {
    ///     if (part.FileName is { Length: > 0 })
    ///         part.Body.CopyTo(Stream.Null);
    /// }
    /// </code></example>
    public IEnumerable<FormPart> ReadFormParts(FormLimits? limits = null) => MultipartForm.Read(Content, limits ?? new FormLimits());

    /// <summary>
    /// Reads the body as a form, as <see cref="ReadForm"/> does, and refuses one that was not sent from a page of this program.
    /// </summary>
    /// <param name="limits">The limits of what is accepted; null for the defaults.</param>
    /// <returns>The fields and files. Dispose it to delete what larger files were kept in meanwhile.</returns>
    /// <remarks>
    /// The page has <see cref="CgiResponseExtensions.AntiforgeryField"/> in its form. A script of the page may send the token as a header
    /// RequestVerificationToken.
    /// </remarks>
    /// <exception cref="BadRequestException">The token is missing or not that of this browser and user (400), or as for
    /// <see cref="ReadForm"/>.</exception>
    /// <exception cref="RequestAbortedException">The client has gone before the end of the body.</exception>
    /// <example><code>
    /// app.MapGet("/", (request, response) =>
    ///     response.WriteHtml($"&lt;form method=\"post\"&gt;{response.AntiforgeryField()}&lt;input name=\"title\"&gt;&lt;/form&gt;"));
    /// app.MapPost("/", (request, response) =>
    /// {
    ///     using CgiForm form = request.ReadVerifiedForm();
    ///     response.Redirect(request.AppUrl("/"));
    /// });
    /// </code></example>
    public CgiForm ReadVerifiedForm(FormLimits? limits = null)
    {
        CgiForm form = ReadForm(limits);
        try
        {
            VerifyAntiforgery(form[Hosting.Antiforgery.FieldName] ?? Headers[Hosting.Antiforgery.HeaderName]);
            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a request that was not sent from a page of this program: for one that is not a form, such as JSON.</summary>
    /// <param name="token">The token that came with it: that of <see cref="CgiResponseExtensions.AntiforgeryToken"/>, which the page
    /// had.</param>
    /// <exception cref="BadRequestException">The token is missing or not that of this browser and user (400).</exception>
    /// <example><code>
    /// request.VerifyAntiforgery(request.Headers["RequestVerificationToken"]);
    /// </code></example>
    public void VerifyAntiforgery(string? token) => Antiforgery.Verify(token);

    /// <summary>Reads the body as JSON.</summary>
    /// <param name="typeInfo">From a source-generated context, as native code needs it: <c>NotesJson.Default.Note</c>.</param>
    /// <param name="maxSize">Bytes of the body at most. Default: 4 MiB.</param>
    /// <returns>The value.</returns>
    /// <exception cref="BadRequestException">The body is not of a JSON type (415), is not JSON of this type or is null (400), or is too
    /// large (413).</exception>
    /// <exception cref="RequestAbortedException">The client has gone before the end of the body.</exception>
    /// <example><code>
    /// record Note(string Title, string Text);
    ///
    /// [JsonSerializable(typeof(Note))]
    /// partial class NotesJson : JsonSerializerContext;
    /// ...
    /// Note note = request.ReadJson(NotesJson.Default.Note);
    /// </code></example>
    public T ReadJson<T>(JsonTypeInfo<T> typeInfo, int maxSize = 4 << 20) => JsonBody.Read(Content, typeInfo, maxSize);
}

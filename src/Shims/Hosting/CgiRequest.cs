using Shims.Cgi;
using Shims.Hosting;

namespace Shims;

/// <summary>A request, the same whichever web server and protocol brought it. RFC 3875 section 4.</summary>
/// <remarks>Nothing is decoded before it is asked for. A request is used by one thread at a time.</remarks>
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
    public string Scheme => Variables.Text("HTTPS"u8) is "on" or "1" || Variables.Text("REQUEST_SCHEME"u8) == "https" ? "https" : "http";

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

    private ReadOnlySpan<byte> Queried
    {
        get
        {
            var variables = new CgiVariables(_channel.Variables);
            return RequestedQuery.Of(variables.Get("REQUEST_URI"u8), variables.Get("QUERY_STRING"u8));
        }
    }

    /// <summary>Reads the body as a form: <c>application/x-www-form-urlencoded</c> (URL Standard section 5.1) or <c>multipart/form-data</c> (RFC 7578).</summary>
    /// <param name="limits">The limits of what is accepted; null for the defaults.</param>
    /// <returns>The fields and files. Dispose it to delete what larger files were kept in meanwhile.</returns>
    /// <exception cref="BadRequestException">The body is not a form (415), is malformed (400), or larger than the limits (413).</exception>
    /// <exception cref="RequestAbortedException">The client has gone before the end of the body.</exception>
    public CgiForm ReadForm(FormLimits? limits = null) => CgiForm.Read(this, limits ?? new FormLimits());

    /// <summary>Reads the body as <c>multipart/form-data</c> (RFC 7578), part by part as it comes in: nothing is kept.</summary>
    /// <param name="limits">The limits of what is accepted; null for the defaults.</param>
    /// <returns>The parts. Each is good until the next one is asked for.</returns>
    /// <exception cref="BadRequestException">The body is not a multipart form (415), is malformed (400), or larger than the limits (413).</exception>
    /// <exception cref="RequestAbortedException">The client has gone before the end of the body.</exception>
    public IEnumerable<FormPart> ReadFormParts(FormLimits? limits = null) => MultipartForm.Read(this, limits ?? new FormLimits());
}

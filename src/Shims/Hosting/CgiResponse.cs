using System.Globalization;
using System.Text;
using Shims.Cgi;
using Shims.Hosting;

namespace Shims;

/// <summary>The response to a request. RFC 3875 section 6.</summary>
/// <remarks>
/// <para>
/// Up to 64 KiB are held back; so a short response gets its Content-Length, and a handler that throws early gets a proper error page. What does not fit goes out as it
/// is written, with the web server setting the pace. <see cref="Flush"/> sends at once what there is.
/// </para>
/// <para>The body of a response to HEAD, and of one with status 204 or 304, is dropped: a handler need not treat them apart.</para>
/// </remarks>
/// <example><code>
/// response.StatusCode = 201;
/// response.ContentType = "text/plain; charset=utf-8";
/// response.Headers["Cache-Control"] = "no-store";
/// response.Write("made\n");
/// </code></example>
public sealed class CgiResponse
{
    private readonly HandlerChannel _channel;
    private bool _hasBody;
    private long _written;
    private long? _announced;

    internal CgiResponse(HandlerChannel channel, CgiRequest request)
    {
        _channel = channel;
        channel.Output.MakeHead = MakeHead;
        Request = request;
        Body = new ResponseBodyStream(this);
    }

    /// <summary>The status, 200 to 599. Default: 200. RFC 9110 section 15.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 200 and 599.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public int StatusCode
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 200);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 599);
            if (HasStarted)
                throw new InvalidOperationException("The status cannot be changed: the response has begun, and its status goes first. Set it before the first Write or Flush.");
            field = value;
        }
    } = 200;

    /// <summary>The headers. They go out before the first byte of the body.</summary>
    public ResponseHeaderCollection Headers { get; } = new();

    /// <summary>The cookies that the browser gets.</summary>
    public ResponseCookies Cookies => field ??= new ResponseCookies(Headers, Request.IsSecure);

    /// <summary>The media type and character set of the body. Default: <c>text/plain; charset=utf-8</c> if there is a body, which no browser takes for a page with scripts in it.</summary>
    /// <exception cref="ArgumentException">It contains a control character.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public string? ContentType
    {
        get => Headers["Content-Type"];
        set => Headers["Content-Type"] = value;
    }

    /// <summary>The body, for code that wants a stream. Flushing the stream is <see cref="Flush"/>; closing it means nothing.</summary>
    public Stream Body { get; }

    /// <summary>True if something has been written, so that headers and status cannot be changed any more.</summary>
    public bool HasStarted => Headers.IsReadOnly;

    /// <summary>Adds text to the body, as UTF-8. Waits while the web server takes nothing.</summary>
    /// <param name="text">Null is nothing.</param>
    /// <exception cref="RequestAbortedException">The response is no longer wanted.</exception>
    /// <exception cref="InvalidOperationException">More is written than the header Content-Length has announced.</exception>
    public void Write(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return;
        Start();
        _hasBody = true;
        if (_announced is not null)
            Write(Encoding.UTF8.GetBytes(text));
        else
            _written += _channel.Write(text.AsSpan());
    }

    /// <summary>Adds bytes to the body. Waits while the web server takes nothing.</summary>
    /// <exception cref="RequestAbortedException">The response is no longer wanted.</exception>
    /// <exception cref="InvalidOperationException">More is written than the header Content-Length has announced.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        Start();
        _hasBody = true;
        if (_written + bytes.Length > _announced)
            throw new InvalidOperationException($"The header Content-Length has announced {_announced} bytes, and more are written.");
        _written += bytes.Length;
        _channel.Write(bytes);
    }

    /// <summary>Sends what has been written so far. Returns when the web server has taken it all, which it does once it has passed on the whole body of the request.</summary>
    /// <exception cref="RequestAbortedException">The response is no longer wanted.</exception>
    public void Flush()
    {
        Start();
        _channel.Flush();
    }

    /// <summary>Sends the browser somewhere else. The status is always told, so that no web server takes the location for one of its own (RFC 3875 section 6.2.2).</summary>
    /// <param name="location">A URL, or a path with or without a slash at its start, which the browser resolves; sent as it is. RFC 9110 section 10.2.2.</param>
    /// <param name="statusCode">301, 302, 303, 307 or 308. Default: 303 in response to anything but GET and HEAD, so that the browser comes back with GET; else 302.</param>
    /// <exception cref="ArgumentException">The location contains a control character or, before its query, a backslash;
    /// or the status is not a redirect.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    /// <example><code>
    /// response.Redirect(request.AppUrl("/"));
    /// </code></example>
    public void Redirect(string location, int? statusCode = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        int status = statusCode ?? (Request.Method is "GET" or "HEAD" ? 302 : 303);
        if (status is not (301 or 302 or 303 or 307 or 308))
            throw new ArgumentException("A redirect has the status 301, 302, 303, 307 or 308.", nameof(statusCode));
        Headers["Location"] = location;
        StatusCode = status;
    }

    /// <summary>The request.</summary>
    internal CgiRequest Request { get; }

    /// <summary>Returns when an asynchronous handler has ended.</summary>
    internal void Await(Task handler)
    {
        if (!handler.IsCompleted)
            _channel.LetLoopGo();
        handler.GetAwaiter().GetResult();
    }

    /// <summary>The response is all there.</summary>
    internal void Complete()
    {
        Headers.IsReadOnly = true;
        bool hasBody = Request.Method != "HEAD" && StatusCode is not (204 or 304);
        if (hasBody && _announced > _written)
            throw new InvalidOperationException($"The header Content-Length has announced {_announced} bytes, and {_written} were written.");
        _channel.Complete();
    }

    /// <summary>The header, as far as it can be sent.</summary>
    /// <param name="bodyLength">Bytes of the body if all of it is known.</param>
    private ResponseHead MakeHead(long? bodyLength)
    {
        ResponseHead head = ResponseHead.For(StatusCode);
        bool hasType = false, hasLength = false, hasCaching = false;
        foreach ((string name, string value) in Headers.All)
        {
            Add(head, name, value);
            hasType |= string.Equals(name, "Content-Type", StringComparison.OrdinalIgnoreCase);
            hasLength |= string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase);
            hasCaching |= string.Equals(name, "Cache-Control", StringComparison.OrdinalIgnoreCase);
        }
        if (!hasType && _hasBody)
            Add(head, "Content-Type", "text/plain; charset=utf-8");
        if (Headers.IsPersonal && !hasCaching)
            Add(head, "Cache-Control", "no-store");
        // An empty response to HEAD says nothing about the length of the one to GET.
        bool isLengthKnown = bodyLength is not null && StatusCode is not (204 or 304) && (Request.Method != "HEAD" || bodyLength > 0);
        if (!hasLength && isLengthKnown)
            Add(head, "Content-Length", bodyLength!.Value.ToString(CultureInfo.InvariantCulture));
        return head;
    }

    private static void Add(ResponseHead head, string name, string value)
    {
        if (head.Add(name, value) is { } fault)
            throw new InvalidOperationException($"The header of the response cannot be sent: {fault}.");
    }

    private void Start()
    {
        if (HasStarted)
            return;
        Headers.IsReadOnly = true;
        if (Headers["Content-Length"] is not { } length)
            return;
        if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long announced))
            throw new InvalidOperationException("The header Content-Length is not a number of bytes.");
        _announced = announced;
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>Sends a response to a browser, through Kestrel.</summary>
/// <param name="context">The request and its response.</param>
/// <param name="isLive">Whether HTML pages get the script that reloads them.</param>
internal sealed class HttpResponseSink(HttpContext context, bool isLive) : IResponseSink
{
    private bool _isPage;

    private bool MayHaveBody => context.Response.StatusCode is not (204 or 205 or 304) && context.Request.Method != "HEAD";

    public void Start(int status, IEnumerable<(string Name, string Value)> headers)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        foreach ((string name, string value) in headers)
        {
            if (MayPass(name))
                response.Headers.Append(name, value);
        }
        bool isHtml = response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;
        _isPage = isLive && MayHaveBody && isHtml && response.Headers.ContentEncoding.Count == 0;
        if (_isPage)
            response.Headers.ContentLength = null;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (MayHaveBody)
            await context.Response.BodyWriter.WriteAsync(bytes, cancellation);
    }

    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        // After the end of the page: anything before it could change how the browser parses the page.
        if (_isPage)
            await WriteAsync("\n<script src=\"/_shims/live.js\"></script>\n"u8.ToArray(), cancellation);
        await context.Response.CompleteAsync();
    }

    public void Abort() => context.Abort();

    /// <summary>Whether a header is for the browser. Kestrel sets those of the connection (RFC 9110 section 7.6.1); X-Accel-* are for the
    /// web server.</summary>
    private static bool MayPass(string name) =>
        name.ToUpper(CultureInfo.InvariantCulture)
            is not ("STATUS" or "CONNECTION" or "TRANSFER-ENCODING" or "KEEP-ALIVE" or "PROXY-CONNECTION" or "TE" or "TRAILER" or "UPGRADE")
        && !name.StartsWith("X-Accel-", StringComparison.OrdinalIgnoreCase);
}

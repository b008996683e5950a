using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shims.Control.Client;

namespace Shims.Control.Serve;

/// <summary>The way of one request: check of its origin, and routing to the inspector, the list of scripts, or a script.</summary>
internal sealed class HttpApplication(Site site, ScriptExchange exchange, IndexPage index, Inspector inspector, RequestLog log,
    AllowedHosts hosts, bool isLive) : IHttpApplication<HttpContext>
{
    /// <summary>Called at the end of every request.</summary>
    internal Action<RequestRecord>? RequestEnded { get; init; }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // The raw header: decoding an invalid name that begins with xn-- throws.
        string host = context.Request.Headers.Host.ToString();
        if (!hosts.Contains(host))
        {
            await ShortResponse.RefuseAsync(context, 403,
                $"Unknown host name: open http://localhost:{context.Connection.LocalPort}/, " +
                "or allow the name with shimctl serve --allow-host NAME.");
            return;
        }
        if (CrossSiteRequest.IsSubresource(context.Request.Headers))
        {
            await ShortResponse.RefuseAsync(context, 403,
                "Cross-site request refused: a page of another site may link to this server, but not load anything from it, as that " +
                "would run a script.");
            return;
        }
        if (RequestUrl.Parse($"http://{host}{target}", out string? fault) is not { } url)
        {
            await ShortResponse.RefuseAsync(context, 400, fault!);
            return;
        }
        string path = Encoding.UTF8.GetString(url.Path);
        if ((path + "/").StartsWith(Inspector.Path, StringComparison.Ordinal))
            await ServeInspectorAsync(context, path);
        else
            await ServeSiteAsync(context, url, target, path);
    }

    private async Task ServeSiteAsync(HttpContext context, RequestUrl url, string target, string path)
    {
        Route route = site.RouteTo(path);
        if (route.Kind == RouteKind.Directory && !path.EndsWith('/') && site.IndexOf(route.File + "/") is not null)
            RedirectToSlash(context, path);
        else if (route.Kind == RouteKind.Directory)
            await ServeDirectoryAsync(context, path, route);
        else if (site.IsStatic(route))
            await StaticFile.SendAsync(context, route.File);
        else
            await ServeScriptAsync(context, url, target, route);
    }

    /// <summary>As the gateways do with --index. Of two slashes at the beginning, which would name another host, one is left.</summary>
    private static void RedirectToSlash(HttpContext context, string path)
    {
        bool keepsMethod = context.Request.Method is not ("GET" or "HEAD");
        context.Response.StatusCode = keepsMethod ? 308 : 301;
        context.Response.Headers.Location =
            $"/{string.Join('/', path.TrimStart('/').Split('/').Select(Uri.EscapeDataString))}/{context.Request.QueryString}";
    }

    private async Task ServeInspectorAsync(HttpContext context, string path)
    {
        if (path.Length < Inspector.Path.Length)
        {
            context.Response.Redirect(Inspector.Path);
            return;
        }
        try
        {
            await inspector.RespondAsync(context, path);
        }
        catch (OperationCanceledException)
        {
            // The browser has stopped listening to events, or the server is ending.
        }
    }

    private async Task ServeDirectoryAsync(HttpContext context, string path, Route route)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            await ShortResponse.RefuseAsync(context, 405, "Method not allowed: this is a list of scripts. Send the request to one of them.");
            return;
        }
        if (!route.File.EndsWith('/'))
        {
            context.Response.Redirect(string.Join('/', path.Split('/').Select(Uri.EscapeDataString)) + "/");
            return;
        }
        var sink = new HttpResponseSink(context, isLive);
        byte[] page = Encoding.UTF8.GetBytes(await index.ToHtmlAsync(path));
        sink.Start(200, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), .. SecurityHeaders.All]);
        await sink.WriteAsync(page, context.RequestAborted);
        await sink.CompleteAsync(context.RequestAborted);
    }

    private async Task ServeScriptAsync(HttpContext context, RequestUrl url, string target, Route route)
    {
        List<(string, string)> headers = [.. context.Request.Headers.SelectMany(header =>
            header.Value.Select(value => (header.Key, value ?? "")))];
        RequestRecord record = log.Add(context.Request.Method, target, headers);
        await using RequestBody? body = await TakeBodyAsync(context, record);
        if (body is null)
            return;
        var request = new IncomingRequest
        {
            Method = context.Request.Method,
            Url = url,
            Headers = headers,
            Body = body.Stream,
            ContentLength = body.Length,
            RemoteAddress = context.Connection.RemoteIpAddress?.ToString() ?? "127.0.0.1",
            RemotePort = context.Connection.RemotePort,
            IsPage = context.Request.Method == "GET" && Inspector.IsLocal(context)
                && context.Request.Headers["Sec-Fetch-Mode"].ToString() is "" or "navigate",
        };
        await exchange.RespondAsync(request, route, new HttpResponseSink(context, isLive), record, context.RequestAborted);
        RequestEnded?.Invoke(record);
    }

    /// <summary>Receives the request's body.</summary>
    /// <returns>Null if that failed; then the response has been sent and the request recorded.</returns>
    private async Task<RequestBody?> TakeBodyAsync(HttpContext context, RequestRecord record)
    {
        try
        {
            return await RequestBody.TakeAsync(context);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            var refusal = context.RequestAborted.IsCancellationRequested ? null : exception as BadHttpRequestException;
            record.Update(noted =>
            {
                noted.State = refusal is null ? RequestState.Aborted : RequestState.Done;
                noted.Status = refusal?.StatusCode;
                noted.Trouble = refusal?.Message;
                noted.Times.Ended = System.Diagnostics.Stopwatch.GetTimestamp();
            });
            if (refusal is not null)
                await ShortResponse.RefuseAsync(context, refusal.StatusCode, refusal.Message);
            RequestEnded?.Invoke(record);
            return null;
        }
    }
}

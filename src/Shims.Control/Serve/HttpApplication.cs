using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shims.Control.Client;

namespace Shims.Control.Serve;

/// <summary>The story of one request: who asks, for what, and who answers it.</summary>
internal sealed class HttpApplication(Site site, ScriptExchange exchange, IndexPage index, Inspector inspector, RequestLog log, AllowedHosts hosts, bool isLive) : IHttpApplication<HttpContext>
{
    /// <summary>Called with every request that has been answered.</summary>
    internal Action<RequestRecord>? RequestEnded { get; init; }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // As it came: decoding a name that begins with xn-- throws where it is not a valid one.
        string host = context.Request.Headers.Host.ToString();
        if (!hosts.Admits(host))
        {
            await Inspector.RefuseAsync(context, 403, $"This server is for browsers on this machine, and is not called by that name: open it as http://localhost:{context.Connection.LocalPort}/, or start shimctl serve with --allow-host NAME.");
            return;
        }
        if (CrossSiteRequest.IsOne(context.Request.Headers))
        {
            await Inspector.RefuseAsync(context, 403, "A page of another site has asked for this. Such pages may lead here by a link or a form; they may not load anything from here, as that would run a script.");
            return;
        }
        if (RequestUrl.Parse($"http://{host}{target}", out string? fault) is not { } url)
        {
            await Inspector.RefuseAsync(context, 400, fault!);
            return;
        }
        string path = Encoding.UTF8.GetString(url.Path);
        if ((path + "/").StartsWith(Inspector.Path, StringComparison.Ordinal))
            await ServeInspectorAsync(context, path);
        else if (site.RouteTo(path) is { Kind: RouteKind.Directory } route)
            await ServeDirectoryAsync(context, path, route);
        else
            await ServeScriptAsync(context, url, target, site.RouteTo(path));
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
            // The browser does not listen to events any more, or the server is ending.
        }
    }

    private async Task ServeDirectoryAsync(HttpContext context, string path, Route route)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            await Inspector.RefuseAsync(context, 405, "This is a list of scripts: send the request to one of them.");
            return;
        }
        if (!route.File.EndsWith('/'))
        {
            context.Response.Redirect(string.Join('/', path.Split('/').Select(Uri.EscapeDataString)) + "/");
            return;
        }
        var sink = new HttpResponseSink(context, isLive);
        byte[] page = Encoding.UTF8.GetBytes(await index.ToHtmlAsync(path));
        sink.Start(200, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), .. Inspector.SecurityHeaders]);
        await sink.WriteAsync(page, context.RequestAborted);
        await sink.CompleteAsync(context.RequestAborted);
    }

    private async Task ServeScriptAsync(HttpContext context, RequestUrl url, string target, Route route)
    {
        List<(string, string)> headers = [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => (header.Key, value ?? "")))];
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
        };
        await exchange.RespondAsync(request, route, new HttpResponseSink(context, isLive), record, context.RequestAborted);
        RequestEnded?.Invoke(record);
    }

    /// <summary>Takes the request's body.</summary>
    /// <returns>Null if it did not come, or cannot be taken; then everything has been said and noted.</returns>
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
                noted.State = refusal is null ? RequestState.Left : RequestState.Done;
                noted.Status = refusal?.StatusCode;
                noted.Trouble = refusal?.Message;
                noted.Times.Ended = System.Diagnostics.Stopwatch.GetTimestamp();
            });
            if (refusal is not null)
                await Inspector.RefuseAsync(context, refusal.StatusCode, refusal.Message);
            RequestEnded?.Invoke(record);
            return null;
        }
    }
}

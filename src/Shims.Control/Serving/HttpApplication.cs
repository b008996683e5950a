using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shims.Control.Client;

namespace Shims.Control.Serving;

/// <summary>The story of one request: who asks, for what, and who answers it.</summary>
internal sealed class HttpApplication(Site site, ScriptExchange exchange, IndexPage index, Inspector inspector, RequestLog log, AdmittedHosts hosts, bool isLive) : IHttpApplication<HttpContext>
{
    /// <summary>Called with every request that has been answered.</summary>
    internal Action<RequestRecord>? Answered { get; init; }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!hosts.Admits(context.Request.Host.Value ?? ""))
        {
            await Inspector.RefuseAsync(context, 403, $"This server is for browsers on this machine, and is not called by that name: open it as http://localhost:{context.Connection.LocalPort}/, or start shimctl serve with --allow-host NAME.");
            return;
        }
        if (RequestUrl.Parse($"http://{context.Request.Host.Value}{target}", out string? fault) is not { } url)
        {
            await Inspector.RefuseAsync(context, 400, fault!);
            return;
        }
        string path = Encoding.UTF8.GetString(url.Path);
        if ((path + "/").StartsWith(Inspector.Path, StringComparison.Ordinal))
            await AnswerInspectorAsync(context, path);
        else if (site.RouteTo(path) is { Kind: RouteKind.Directory } route)
            await AnswerDirectoryAsync(context, path, route);
        else
            await AnswerScriptAsync(context, url, target, site.RouteTo(path));
    }

    private async Task AnswerInspectorAsync(HttpContext context, string path)
    {
        if (path.Length < Inspector.Path.Length)
        {
            context.Response.Redirect(Inspector.Path);
            return;
        }
        try
        {
            await inspector.AnswerAsync(context, path);
        }
        catch (OperationCanceledException)
        {
            // The browser does not listen to events any more, or the server is ending.
        }
    }

    private async Task AnswerDirectoryAsync(HttpContext context, string path, Route route)
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
        var reply = new HttpReply(context, isLive);
        byte[] page = Encoding.UTF8.GetBytes(await index.ToHtmlAsync(path));
        reply.Start(200, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), .. Inspector.SecurityHeaders]);
        await reply.WriteAsync(page, context.RequestAborted);
        await reply.CompleteAsync(context.RequestAborted);
    }

    private async Task AnswerScriptAsync(HttpContext context, RequestUrl url, string target, Route route)
    {
        List<(string, string)> headers = [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => (header.Key, value ?? "")))];
        RequestRecord record = log.Add(context.Request.Method, target, headers);
        await using RequestBody body = await RequestBody.TakeAsync(context);
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
        await exchange.AnswerAsync(request, route, new HttpReply(context, isLive), record, context.RequestAborted);
        Answered?.Invoke(record);
    }
}

using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Shims.AspNetApp;

/// <summary>What an app sees of a request.</summary>
internal static class RequestPaths
{
    /// <summary>Headers that the web server, not the client, decides.</summary>
    private static readonly string[] s_server = ["Connection", "X-Forwarded-For", "Upgrade-Insecure-Requests"];

    internal static void Map(WebApplication app)
    {
        app.Map("/request/{**rest}", ShowAsync);
        app.MapGet("/connection", (HttpContext context) => Results.Text($"{context.Connection.RemoteIpAddress} {context.Connection.RemotePort > 0}\n"));
        app.MapGet("/variable/{name}", (HttpContext context, string name) => Results.Text($"{context.GetServerVariable(name) ?? "none"}\n"));
        app.MapGet("/user", (HttpContext context) => Results.Text($"{context.User.Identity?.IsAuthenticated} {context.User.Identity?.Name}\n"));
        app.MapGet("/features", (HttpContext context) => Results.Text(string.Join('\n', Features(context.Features))));
        app.MapPost("/digest", async context => await context.Response.WriteAsync(Convert.ToHexStringLower(await SHA256.HashDataAsync(context.Request.Body))));
        app.MapPost("/echo", async context => await context.Request.Body.CopyToAsync(context.Response.Body));
        app.MapPost("/pipe", CountLinesAsync);
        app.MapPost("/unread", (HttpContext context) => Results.Text("not read"));
        app.MapPost("/limit/{bytes}", async (HttpContext context, long bytes) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = bytes;
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("small enough");
        });
        app.MapPost("/limit-late", async context =>
        {
            var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync($"read-only: {limit.IsReadOnly}");
        });
        app.MapPost("/synchronous", async context =>
        {
            try
            {
                context.Request.Body.ReadByte();
            }
            catch (InvalidOperationException exception)
            {
                await context.Response.WriteAsync(exception.Message);
            }
        });
        app.MapPost("/synchronous-allowed", async context =>
        {
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            using var reader = new StreamReader(context.Request.Body);
#pragma warning disable CA1849, MA0042, S6966 // this is about synchronous reading
            string text = reader.ReadToEnd();
#pragma warning restore CA1849, MA0042, S6966
            await context.Response.WriteAsync(text);
        });
    }

    private static async Task ShowAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Method={request.Method}\nScheme={request.Scheme}\nHost={request.Host}\nPathBase={request.PathBase.Value}\nPath={request.Path.Value}\n");
        text.Append(CultureInfo.InvariantCulture, $"Query={request.QueryString.Value}\nTarget={context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}\n");
        text.Append(CultureInfo.InvariantCulture, $"Length={request.ContentLength}\nType={request.ContentType}\nCanHaveBody={context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody}\n");
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues value) in request.Headers.OrderBy(static header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (!s_server.Contains(name, StringComparer.OrdinalIgnoreCase))
                text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        }
        await context.Response.WriteAsync(text.ToString());
    }

    private static IEnumerable<string> Features(IFeatureCollection features)
    {
        yield return $"upgrade {features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }}";
        yield return $"extended connect {features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }}";
        yield return $"reset {features.Get<IHttpResetFeature>() is not null}";
        int revision = features.Revision;
        features.Set<IServiceScopeFactory>(null);
        yield return $"revision counts {features.Revision > revision}";
        features.Set<IHttpRequestIdentifierFeature>(new HttpRequestIdentifierFeature { TraceIdentifier = "mine" });
        yield return $"replaced {features.Get<IHttpRequestIdentifierFeature>()!.TraceIdentifier}";
        features.Set<IHttpRequestIdentifierFeature>(null);
        yield return $"removed {features.Get<IHttpRequestIdentifierFeature>() is null}";
        yield return $"addresses {features.Get<IHttpConnectionFeature>() is not null}";
        yield return $"body pipe {features.Get<IRequestBodyPipeFeature>() is not null}";
    }

    /// <summary>Looks at all there is before it takes any of it.</summary>
    private static async Task CountLinesAsync(HttpContext context)
    {
        PipeReader reader = context.Request.BodyReader;
        int lines = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            ReadOnlySequence<byte> rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                lines++;
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            reader.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
                break;
        }
        await context.Response.WriteAsync($"{lines} lines");
    }
}

using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Shims.AspNetApp;

/// <summary>What no app should do with a response, and some do.</summary>
internal static class OddPaths
{
    private static readonly byte[] s_text = "some text"u8.ToArray();

    internal static void Map(WebApplication app)
    {
        MapHeaders(app);
        MapLengths(app);
        MapEnds(app);
    }

    private static void MapHeaders(WebApplication app)
    {
        app.MapGet("/odd/null-header", async context =>
        {
            context.Response.Headers["X-Gone"] = "a";
            context.Response.Headers["X-Gone"] = default;
            context.Response.Headers["X-List"] = new StringValues(["a", null, "", "b"]);
            await context.Response.WriteAsync($"{context.Response.Headers.Count}");
        });
        app.MapGet("/odd/header-name", (HttpContext context) => { context.Response.Headers["X Bad"] = "a"; });
        app.MapGet("/odd/empty-header-name", (HttpContext context) => { context.Response.Headers[""] = "a"; });
        app.MapGet("/odd/large-header", (HttpContext context) => { context.Response.Headers["X-Large"] = new string('v', 3000); });
        app.MapGet("/odd/many-headers", (HttpContext context) =>
        {
            for (int i = 0; i < 60; i++)
                context.Response.Headers[$"X-Header-{i}"] = $"{i}";
        });
        app.MapGet("/odd/padded-header", (HttpContext context) => { context.Response.Headers["X-Padded"] = "  a  b\t"; });
        app.MapGet("/odd/trailer", async context =>
        {
            await context.Response.WriteAsync($"{context.Response.SupportsTrailers()}");
            try
            {
                context.Response.AppendTrailer("X-Trailer", "a");
            }
            catch (InvalidOperationException)
            {
                await context.Response.WriteAsync(" refused");
            }
        });
        app.MapGet("/odd/clear", async context =>
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["X-Cleared"] = "no";
            context.Response.Clear();
            await context.Response.WriteAsync("cleared");
        });
        app.MapGet("/odd/clear-late", async context =>
        {
            await context.Response.StartAsync();
            context.Response.Clear();
        });
    }

    private static void MapLengths(WebApplication app)
    {
        app.MapGet("/odd/negative-length", (HttpContext context) => { context.Response.ContentLength = -1; });
        app.MapGet("/odd/length-text", (HttpContext context) => { context.Response.Headers["Content-Length"] = "abc"; });
        app.MapGet("/odd/length-twice", async context =>
        {
            context.Response.ContentLength = 3;
            context.Response.Headers["Content-Length"] = $"{s_text.Length}";
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapGet("/odd/length-removed", async context =>
        {
            context.Response.ContentLength = 3;
            context.Response.ContentLength = null;
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapGet("/odd/zero-length", async context =>
        {
            context.Response.ContentLength = 0;
            await context.Response.Body.WriteAsync(s_text);
        });
        app.Map("/odd/length-in-writer", async context =>
        {
            context.Response.ContentLength = 3;
            Memory<byte> memory = context.Response.BodyWriter.GetMemory(s_text.Length);
            s_text.CopyTo(memory);
            context.Response.BodyWriter.Advance(s_text.Length);
            await context.Response.BodyWriter.FlushAsync();
        });
        app.Map("/odd/short", async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.Body.WriteAsync(s_text);
        });
        app.Map("/odd/not-modified", (HttpContext context) => { (context.Response.StatusCode, context.Response.ContentLength) = (304, 10); });
        app.MapGet("/odd/no-content-length", (HttpContext context) => { (context.Response.StatusCode, context.Response.ContentLength) = (204, 0); });
        app.MapGet("/odd/reset-content", async context =>
        {
            context.Response.StatusCode = 205;
            await context.Response.Body.WriteAsync(s_text);
        });
        app.Map("/odd/flush-only", (HttpContext context) => context.Response.Body.FlushAsync());
        app.Map("/odd/nothing-written", async context => await context.Response.Body.WriteAsync(ReadOnlyMemory<byte>.Empty));
        app.MapGet("/odd/nothing-advanced", async context =>
        {
            context.Response.BodyWriter.GetSpan();
            context.Response.BodyWriter.Advance(0);
            await context.Response.BodyWriter.FlushAsync();
        });
        app.MapGet("/odd/advance-too-far", (HttpContext context) => context.Response.BodyWriter.Advance(1_000_000));
    }

    private static void MapEnds(WebApplication app)
    {
        app.MapGet("/odd/completed-callback-throws", async context =>
        {
            context.Response.OnCompleted(static () => throw new InvalidOperationException("on purpose"));
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapGet("/odd/complete-and-write", async context =>
        {
            await context.Response.Body.WriteAsync(s_text);
            await context.Response.CompleteAsync();
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapGet("/odd/complete-and-throw", async context =>
        {
            await context.Response.Body.WriteAsync(s_text);
            await context.Response.CompleteAsync();
            throw new InvalidOperationException("on purpose");
        });
        app.MapGet("/odd/complete-and-abort", async context =>
        {
            await context.Response.Body.WriteAsync(s_text);
            await context.Response.CompleteAsync();
            context.Abort();
        });
        app.MapGet("/odd/body-replaced", async context =>
        {
            context.Response.Body = new MemoryStream();
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapGet("/odd/body-disposed", async context =>
        {
            await context.Response.Body.DisposeAsync();
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapGet("/odd/writer-completed", async context =>
        {
            await context.Response.BodyWriter.CompleteAsync();
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapGet("/odd/writer-failed", async context =>
        {
            await context.Response.Body.WriteAsync(s_text);
            await context.Response.BodyWriter.CompleteAsync(new InvalidOperationException("on purpose"));
        });
        app.MapGet("/odd/cancelled-write", async context => await context.Response.Body.WriteAsync(s_text, new CancellationToken(canceled: true)));
        app.MapGet("/odd/stream", async context =>
        {
            Stream body = context.Response.Body;
            await context.Response.WriteAsync($"{body.CanRead} {body.CanSeek} {body.CanWrite} {body.CanTimeout} {context.Request.Body.CanRead} {context.Request.Body.CanSeek} {context.Request.Body.CanWrite}");
        });
        app.MapGet("/odd/late-callback", async context =>
        {
            await context.Response.StartAsync();
            context.Response.OnStarting(static () => Task.CompletedTask);
        });
        app.MapGet("/odd/buffering-late", async context =>
        {
            await context.Response.StartAsync();
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await context.Response.Body.WriteAsync(s_text);
        });
        app.MapPost("/odd/buffered", async context =>
        {
            context.Request.EnableBuffering();
            long first = await LengthOfAsync(context.Request.Body);
            context.Request.Body.Position = 0;
            await context.Response.WriteAsync($"{first} {await LengthOfAsync(context.Request.Body)}");
        });
    }

    private static async Task<long> LengthOfAsync(Stream body)
    {
        var buffer = new byte[4096];
        long length = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
            length += read;
        return length;
    }
}

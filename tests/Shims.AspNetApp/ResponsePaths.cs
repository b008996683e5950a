using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Shims.AspNetApp;

/// <summary>What an app may do with a response.</summary>
internal static class ResponsePaths
{
    internal static void Map(WebApplication app)
    {
        MapOrder(app);
        app.MapGet("/hello/{name}", (string name) => $"Hello {name}");
        app.MapGet("/empty", static () => Task.CompletedTask);
        app.Map("/status/{code}", (HttpContext context, int code) => { context.Response.StatusCode = code; });
        app.MapGet("/reason", (HttpContext context) =>
        {
            context.Response.StatusCode = 418;
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "I am a teapot";
        });
        app.Map("/length", async context =>
        {
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("12345");
        });
        app.Map("/fill/{bytes}", FillAsync);
        app.MapGet("/headers", async context =>
        {
            context.Response.Headers.Append("Set-Cookie", "a=1; path=/");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            context.Response.Headers.Append("Link", new[] { "</a.css>; rel=preload", "</b.css>; rel=preload" });
            context.Response.Headers["X-Empty"] = "";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsync("headers");
        });
        app.MapGet("/header-newline", (HttpContext context) => { context.Response.Headers["X-Bad"] = "a\r\nX-Injected: yes"; });
        app.MapGet("/header-unicode", (HttpContext context) => { context.Response.Headers["X-Bad"] = "é"; });
        app.MapGet("/redirect", (HttpContext context) => context.Response.Redirect("/elsewhere?x=1"));
        app.MapGet("/cookie", (HttpContext context) => { context.Response.Cookies.Append("c", "ü v", new Microsoft.AspNetCore.Http.CookieOptions { HttpOnly = true, Secure = context.Request.IsHttps }); });
        app.MapGet("/throw", static (HttpContext _) => { throw new InvalidOperationException("on purpose"); });
        app.MapGet("/throw-unflushed", async context =>
        {
            context.Response.BodyWriter.Write("lost"u8);
            await Task.Yield();
            throw new InvalidOperationException("on purpose");
        });
        app.MapGet("/throw-late", async context =>
        {
            await context.Response.WriteAsync(new string('x', 100_000));
            throw new InvalidOperationException("on purpose");
        });
        app.MapGet("/bad", static (HttpContext _) => { throw new BadHttpRequestException("on purpose", 422); });
        app.MapGet("/abort", async context =>
        {
            await context.Response.WriteAsync(new string('x', 100_000));
            context.Abort();
        });
        app.MapGet("/too-short", async context =>
        {
            context.Response.ContentLength = 100_010;
            await context.Response.WriteAsync(new string('x', 100_000));
        });
        app.MapGet("/too-short-unstarted", (HttpContext context) => { context.Response.ContentLength = 5; });
        app.MapGet("/too-long", async context =>
        {
            context.Response.ContentLength = 3;
            try
            {
                await context.Response.WriteAsync("12345");
            }
            catch (InvalidOperationException)
            {
                await context.Response.WriteAsync("abc");
            }
        });
        app.MapGet("/no-content-write", async context =>
        {
            context.Response.StatusCode = 204;
            try
            {
                await context.Response.WriteAsync("none");
            }
            catch (InvalidOperationException)
            {
                Marker.Write("204 refused");
            }
        });
    }

    /// <summary>Calls in an order that matters.</summary>
    private static void MapOrder(WebApplication app)
    {
        app.MapGet("/starting", async context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Append("X-Order", "first set");
                return Task.CompletedTask;
            });
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Append("X-Order", "last set");
                return Task.CompletedTask;
            });
            await context.Response.WriteAsync($"{context.Response.HasStarted} ");
            await context.Response.WriteAsync($"{context.Response.HasStarted}");
        });
        app.MapGet("/starting-throws", async context =>
        {
            context.Response.OnStarting(static () => throw new InvalidOperationException("on purpose"));
            await context.Response.WriteAsync("never");
        });
        app.MapGet("/starting-throws-empty", (HttpContext context) => { context.Response.OnStarting(static () => throw new InvalidOperationException("on purpose")); });
        app.MapGet("/late-status", async context =>
        {
            await context.Response.StartAsync();
            try
            {
                context.Response.StatusCode = 500;
            }
            catch (InvalidOperationException exception)
            {
                await context.Response.WriteAsync(exception.Message);
            }
        });
        app.MapGet("/late-header", async context =>
        {
            await context.Response.StartAsync();
            try
            {
                context.Response.Headers["X-Late"] = "yes";
            }
            catch (InvalidOperationException)
            {
                await context.Response.WriteAsync("refused");
            }
        });
        app.MapGet("/mixed", async context =>
        {
            context.Response.BodyWriter.Write("one "u8);
            await context.Response.Body.WriteAsync("two "u8.ToArray());
            context.Response.BodyWriter.Write("three"u8);
        });
        app.MapGet("/unflushed", (HttpContext context) => context.Response.BodyWriter.Write("unflushed"u8));
        app.MapGet("/file", (HttpContext context) => context.Response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, "aspnet-app"), 100, 20_000));
        app.MapGet("/no-buffering", async context =>
        {
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await context.Response.WriteAsync("at once");
        });
        app.MapGet("/json", async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("""{"a":"ü"}"""));
        });
        app.MapGet("/synchronous-write", async context =>
        {
            try
            {
                context.Response.Body.WriteByte(65);
            }
            catch (InvalidOperationException exception)
            {
                await context.Response.WriteAsync(exception.Message);
            }
        });
    }

    private static async Task FillAsync(HttpContext context)
    {
        var part = new byte[10_000];
        part.AsSpan().Fill((byte)'x');
        for (long rest = long.Parse((string)context.Request.RouteValues["bytes"]!, System.Globalization.CultureInfo.InvariantCulture); rest > 0; rest -= part.Length)
            await context.Response.Body.WriteAsync(part.AsMemory(0, (int)Math.Min(part.Length, rest)));
    }

    private static void Write(this System.IO.Pipelines.PipeWriter writer, ReadOnlySpan<byte> bytes) => System.Buffers.BuffersExtensions.Write(writer, bytes);
}

using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Shims.AspNetLargeApp;

/// <summary>A path for each middleware that replaces the body, cuts a request short or answers in the place of the app.</summary>
internal static class MiddlewarePaths
{
    internal static void Map(WebApplication app)
    {
        app.MapMethods("/long", ["GET", "HEAD"], static () => string.Concat(Enumerable.Repeat("the same line again and again\n", 1000)));
        app.MapGet("/long/{parts:int}", static async (HttpContext context, int parts) =>
        {
            context.Response.ContentType = "text/plain";
            for (int i = 0; i < parts; i++)
            {
                await context.Response.WriteAsync($"part {i} {new string('x', 2000)}\n");
                await context.Response.Body.FlushAsync();
            }
        });
        app.MapPost("/plain", static async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            return await reader.ReadToEndAsync();
        });
        app.MapGet("/cached", static () => $"{Guid.NewGuid()}").CacheOutput();
        app.MapGet("/limited", static () => "within the limit").RequireRateLimiting("by client");
        app.MapGet("/late", static async (HttpContext context) =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return "never";
        })
            .WithRequestTimeout(new RequestTimeoutPolicy { Timeout = TimeSpan.FromMilliseconds(50), TimeoutStatusCode = StatusCodes.Status504GatewayTimeout });
        app.MapMethods("/friends", ["GET", "PUT"], static () => "for friends").RequireCors("friends");
        app.MapGet("/events", static (CancellationToken cancellationToken) => TypedResults.ServerSentEvents(CountAsync(cancellationToken), "count"));
        app.MapGet("/pid", static () => $"{Environment.ProcessId}");
    }

    private static async IAsyncEnumerable<string> CountAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 1; i <= 3; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return $"{i}";
        }
    }
}

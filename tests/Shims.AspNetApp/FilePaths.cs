using Microsoft.AspNetCore.Http.Features;

namespace Shims.AspNetApp;

/// <summary>Files, sent by <c>SendFileAsync</c>, and bodies that are compressed on their way.</summary>
internal static class FilePaths
{
    private const int Size = 100_000;

    internal static void Map(WebApplication app)
    {
        // HttpSys's ResponseSendFileTests.
        app.Map("/send/whole", Send(static (context, file) => context.Response.SendFileAsync(file)));
        app.Map("/send/from/{offset}", Send(static (context, file) => context.Response.SendFileAsync(file, Number(context, "offset"), null)));
        app.Map("/send/part/{offset}/{count}", Send(static (context, file) => context.Response.SendFileAsync(file, Number(context, "offset"), Number(context, "count"))));
        app.Map("/send/missing", Send(static (context, file) => context.Response.SendFileAsync(file + ".missing")));
        app.Map("/send/relative", Send(static (context, file) => context.Response.SendFileAsync("missing.txt")));
        app.Map("/send/with-length", Send(static (context, file) =>
        {
            context.Response.ContentLength = Size;
            return context.Response.SendFileAsync(file);
        }));
        app.Map("/send/with-wrong-length", Send(static (context, file) =>
        {
            context.Response.ContentLength = 10;
            return context.Response.SendFileAsync(file);
        }));
        app.Map("/send/twice", Send(static async (context, file) =>
        {
            await context.Response.SendFileAsync(file, 0, 5);
            await context.Response.SendFileAsync(file, 5, 5);
        }));
        app.Map("/send/among", Send(static async (context, file) =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync("before ");
            await context.Response.SendFileAsync(file, 0, 10);
            await context.Response.WriteAsync(" after");
        }));
        app.Map("/send/cancelled", Send(static (context, file) => context.Response.SendFileAsync(file, new CancellationToken(canceled: true))));

        // ServerComparison's ResponseCompressionTests.
        app.Map("/compressed", static branch =>
        {
            branch.UseResponseCompression();
            branch.Run(CompressAsync);
        });
    }

    private static RequestDelegate Send(Func<HttpContext, string, Task> send) => async context =>
    {
        string file = await WriteAsync(string.Concat(Enumerable.Range(0, Size / 10).Select(static line => $"{line,9}\n")));
        try
        {
            await send(context, file);
        }
        catch (Exception refused) when (refused is ArgumentOutOfRangeException or FileNotFoundException && !context.Response.HasStarted)
        {
            await context.Response.WriteAsync(refused.GetType().Name);
        }
        finally
        {
            File.Delete(file);
        }
    };

    /// <summary>A file of its own.</summary>
    private static async Task<string> WriteAsync(string text)
    {
        string file = Path.Combine(Path.GetTempPath(), $"aspnet-app-{Guid.NewGuid():N}");
        await using var writer = new StreamWriter(new FileStream(file, FileMode.CreateNew, FileAccess.Write));
        await writer.WriteAsync(text);
        return file;
    }

    private static long Number(HttpContext context, string name) => long.Parse((string)context.Request.RouteValues[name]!, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task CompressAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.ContentType = "text/plain";
        string line = new('a', 100);
        switch (context.Request.Path.Value)
        {
            case "/page":
                response.ContentLength = 10_000;
                for (int i = 0; i < 100; i++)
                    await response.WriteAsync(line);
                break;
            case "/pieces":
                context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
                for (int i = 0; i < 10; i++)
                {
                    await response.WriteAsync(line);
                    await response.Body.FlushAsync();
                }
                break;
            case "/already":
                response.Headers.ContentEncoding = "identity-of-its-own";
                await response.WriteAsync(line);
                break;
            case "/other":
                response.ContentType = "image/png";
                await response.WriteAsync(line);
                break;
            case "/nothing":
                response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case "/file":
                string file = await WriteAsync(line);
                await response.SendFileAsync(file);
                File.Delete(file);
                break;
            case "/late-failure":
                await response.WriteAsync(line);
                await response.Body.FlushAsync();
                throw new InvalidOperationException("on purpose");
        }
    }
}

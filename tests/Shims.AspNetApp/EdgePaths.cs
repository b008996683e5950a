using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Shims.AspNetApp;

/// <summary>What an app may do with a body and with the request's features, where servers are apt to differ.</summary>
internal static class EdgePaths
{
    internal static void Map(WebApplication app)
    {
        MapBodies(app);
        MapLife(app);
        app.Map("/own-chunks", async context =>
        {
            context.Response.Headers.TransferEncoding = "chunked";
            await context.Response.Body.WriteAsync("5\r\nfirst\r\n0\r\n\r\n"u8.ToArray());
        });
        app.MapGet("/connection-close", async context =>
        {
            context.Response.Headers.Connection = "close";
            await context.Response.WriteAsync("closing");
        });
        app.MapGet("/features-set", static async context =>
        {
            var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
            (request.Method, request.Scheme, request.Protocol) = ("PURGE", "ftp", "HTTP/9");
            (request.PathBase, request.Path, request.QueryString, request.RawTarget) = ("/base", "/path", "?q=1", "/raw");
            request.Headers = new HeaderDictionary { ["X-Only"] = "one" };
            request.Body = new MemoryStream("a body of its own"u8.ToArray());
            using var reader = new StreamReader(context.Request.Body);
            HttpRequest seen = context.Request;
            await context.Response.WriteAsync($"{seen.Method} {seen.Scheme} {seen.Protocol} {seen.PathBase} {seen.Path} {seen.QueryString} {seen.Query["q"]} {string.Join(',', seen.Headers.Keys)} {await reader.ReadToEndAsync()}");
        });
        app.MapGet("/features-connection", static async context =>
        {
            var connection = context.Features.GetRequiredFeature<IHttpConnectionFeature>();
            (connection.RemoteIpAddress, connection.RemotePort, connection.ConnectionId) = (System.Net.IPAddress.Parse("192.0.2.1"), 1, "mine");
            context.TraceIdentifier = "trace";
            await context.Response.WriteAsync($"{context.Connection.RemoteIpAddress} {context.Connection.RemotePort} {context.Connection.Id} {context.TraceIdentifier}");
        });
        app.MapGet("/features-response", static async context =>
        {
            IHttpResponseBodyFeature own = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            using var kept = new MemoryStream();
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(kept));
            await context.Response.WriteAsync("kept back");
            context.Features.Set(own);
            await context.Response.WriteAsync($"{kept.Length} bytes {context.Response.HasStarted}");
        });
        app.MapGet("/variable-set", static async context =>
        {
            var variables = context.Features.GetRequiredFeature<IServerVariablesFeature>();
            variables["DOCUMENT_ROOT"] = "/of/the/app";
            variables["SERVER_SOFTWARE"] = null;
            await context.Response.WriteAsync($"{context.GetServerVariable("DOCUMENT_ROOT")} {context.GetServerVariable("SERVER_SOFTWARE") ?? "none"} {context.GetServerVariable("NO_SUCH") ?? "none"}");
        });
        app.MapGet("/features-all", static async context =>
        {
            IFeatureCollection features = context.Features;
            features.Set(new StringBuilder("own"));
            bool isThere = features.Any(static feature => feature.Value is StringBuilder), isReadOnly = features.IsReadOnly;
            features[typeof(StringBuilder)] = null;
            bool isGone = features.All(static feature => feature.Value is not StringBuilder) && features.Get<StringBuilder>() is null;
            await context.Response.WriteAsync($"{isThere} {isGone} {isReadOnly} {features.All(static feature => feature.Key.IsInstanceOfType(feature.Value))} {features.Get<IHttpRequestFeature>() == features[typeof(IHttpRequestFeature)]}");
        });
    }

    private static void MapBodies(WebApplication app)
    {
        // IIS's SynchronousReadAndWriteTests.
        app.MapPost("/echo-synchronous", static context =>
        {
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            var buffer = new byte[1000];
            for (int read; (read = context.Request.Body.Read(buffer, 0, buffer.Length)) > 0;)
            {
                context.Response.Body.Write(buffer, 0, read);
                context.Response.Body.Flush();
            }
            return Task.CompletedTask;
        });
        app.MapPost("/write-and-then-read", static async context =>
        {
            await context.Response.WriteAsync("written first, ");
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync());
        });
        app.MapPost("/partly", static async context =>
        {
            var start = new byte[5];
            await context.Request.Body.ReadExactlyAsync(start);
            await context.Response.Body.WriteAsync(start);
            await context.Response.WriteAsync("|");
            await context.Request.Body.CopyToAsync(context.Response.Body);
            await context.Response.WriteAsync($"|{await context.Request.Body.ReadAsync(start)}");
        });
        app.MapPost("/body-misuse", MisuseAsync);
        app.MapPost("/cancelled", CancelAsync);
    }

    /// <summary>HttpSys's RequestBodyTests: arguments that are wrong.</summary>
    private static async Task MisuseAsync(HttpContext context)
    {
        Stream body = context.Request.Body;
        var names = new List<string> { $"{body.CanRead} {body.CanSeek} {body.CanWrite}" };
        foreach (Func<object?> misuse in new Func<object?>[]
        {
            () => body.ReadAsync(null!, 0, 1), () => body.ReadAsync(new byte[1], -1, 1), () => body.ReadAsync(new byte[1], 0, 2),
            () => body.Length, () => body.Seek(0, SeekOrigin.Begin), () => { body.Write([1], 0, 1); return null; },
        })
            names.Add(await NameAsync(misuse));
        await context.Response.WriteAsync(string.Join('\n', names));
    }

    private static async Task CancelAsync(HttpContext context)
    {
        var cancelled = new CancellationToken(canceled: true);
        string reading = await NameAsync(() => context.Request.Body.ReadAsync(new byte[1], 0, 1, cancelled));
        string writing = await NameAsync(() => context.Response.Body.WriteAsync(new byte[1], 0, 1, cancelled));
        string flushing = await NameAsync(() => context.Response.Body.FlushAsync(cancelled));
        await context.Response.WriteAsync($"{reading} {writing} {flushing}");
    }

    /// <summary>TestHost's RequestLifetimeTests and IIS's ClientDisconnectTests.</summary>
    private static void MapLife(WebApplication app)
    {
        app.MapGet("/abort-early", static context =>
        {
            using CancellationTokenRegistration registration = context.RequestAborted.Register(static () => Marker.Write("aborted by the app"));
            context.Abort();
            return Task.CompletedTask;
        });
        app.MapGet("/abort-token", static async context =>
        {
            context.RequestAborted = new CancellationToken(canceled: true);
            await context.Response.WriteAsync($"{context.RequestAborted.IsCancellationRequested}");
        });
        app.MapGet("/abort-and-wait", static async context =>
        {
            CancellationToken aborted = context.RequestAborted;
            context.Abort();
            await Task.Delay(Timeout.Infinite, aborted).ContinueWith(static _ => Marker.Write("aborted"), TaskScheduler.Default);
            await context.Response.WriteAsync("written to nobody");
            Marker.Write("wrote");
        });
        app.MapPost("/read-all", static async context =>
        {
            var buffer = new byte[10_000];
            try
            {
                for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;)
                    Marker.Write($"read {read}");
                Marker.Write("the end of the body");
            }
            catch (Exception lost) when (lost is IOException or OperationCanceledException)
            {
                Marker.Write("the body broke off");
                Marker.Write(await NameAsync(() => context.Response.WriteAsync("written to nobody")));
            }
        });
        app.MapGet("/write-on", static async context =>
        {
            var part = new byte[10_000];
            Marker.Write("writing");
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(part);
            await context.Response.Body.WriteAsync(part);
            Marker.Write("aborted while it wrote");
        });
        app.MapGet("/flush/{gate}", static async (HttpContext context, string gate) =>
        {
            context.Response.Headers["X-First"] = "yes";
            await context.Response.Body.FlushAsync();
            await GateAsync(gate + "-head");
            await context.Response.WriteAsync("some of it, ");
            await context.Response.Body.FlushAsync();
            await GateAsync(gate + "-body");
            await context.Response.WriteAsync("and the rest");
        });
    }

    private static async Task GateAsync(string name)
    {
        while (!File.Exists(Path.Combine(Path.GetTempPath(), name)))
            await Task.Delay(5);
    }

    /// <summary>The name of what is thrown, at once or by a task; none if nothing is.</summary>
    private static async Task<string> NameAsync(Func<object?> act)
    {
        try
        {
            if (act() is Task task)
                await task;
            return "none";
        }
        catch (Exception thrown)
        {
            return thrown is OperationCanceledException ? nameof(OperationCanceledException) : thrown.GetType().Name;
        }
    }
}

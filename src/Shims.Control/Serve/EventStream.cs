using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>Server-sent events, for as long as a browser listens: HTML standard, section 9.2.</summary>
internal static class EventStream
{
    /// <summary>Shortest time between two events. Changes within it are sent together, to spare the browser.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends the list of requests, and then each change.</summary>
    internal static async Task SendRequestsAsync(HttpContext context, RequestLog log, Func<ServerState> state, CancellationToken ending)
    {
        Begin(context);
        long version = 0;
        while (!ending.IsCancellationRequested)
        {
            Task changed = log.Changed;
            List<RequestRecord> records = log.ChangedSince(version, out version);
            await SendAsync(context, "state", JsonSerializer.SerializeToUtf8Bytes(state(), InspectorJson.Default.ServerState), ending);
            if (records.Count > 0)
            {
                await SendAsync(context, "requests",
                    JsonSerializer.SerializeToUtf8Bytes([.. records.Select(RequestSummary.Of)], InspectorJson.Default.ListRequestSummary),
                    ending);
            }
            await changed.WaitAsync(ending);
            await Task.Delay(s_pace, ending);
        }
    }

    /// <summary>Sends an event whenever a file changes.</summary>
    internal static async Task SendChangesAsync(HttpContext context, LiveReload live, CancellationToken ending)
    {
        Begin(context);
        // A comment line, from which the browser sees that it is connected.
        await context.Response.BodyWriter.WriteAsync(": waiting\n\n"u8.ToArray(), ending);
        while (true)
        {
            await live.Changed.WaitAsync(ending);
            await SendAsync(context, "change", "{}"u8.ToArray(), ending);
        }
    }

    /// <summary>Sends one event at the end of a task.</summary>
    internal static async Task SendEndAsync(HttpContext context, Task task, CancellationToken ending)
    {
        Begin(context);
        await context.Response.BodyWriter.WriteAsync(": waiting\n\n"u8.ToArray(), ending);
        await task;
        await SendAsync(context, "change", "{}"u8.ToArray(), ending);
    }

    private static void Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
    }

    private static async Task SendAsync(HttpContext context, string name, byte[] data, CancellationToken ending) =>
        await context.Response.BodyWriter.WriteAsync((byte[])[.. "event: "u8, .. System.Text.Encoding.ASCII.GetBytes(name), .. "\ndata: "u8,
            .. data, .. "\n\n"u8], ending);
}

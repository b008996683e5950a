using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>Responses below <c>/_shims/</c>: the page that shows requests, and what it asks for.</summary>
internal sealed class Inspector(RequestLog log, RecordedCommands commands, Func<ServerState> state, LiveReload? live, Func<RequestRecord, int> replay, CancellationToken ending)
{
    internal const string Path = "/_shims/";

    /// <summary>The pages of this program take nothing from anywhere else, and run no script that stands in them.</summary>
    internal static IReadOnlyList<(string Name, string Value)> SecurityHeaders { get; } =
    [
        ("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    /// <summary>Responds to a request whose path begins with <see cref="Path"/>.</summary>
    internal async Task AnswerAsync(HttpContext context, string path)
    {
        foreach ((string name, string value) in SecurityHeaders)
            context.Response.Headers[name] = value;
        context.Response.Headers.CacheControl = "no-store";
        if (!IsFromHere(context))
            await RefuseAsync(context, 403, "The inspector shows what requests contain, so it answers only browsers on this machine.");
        else if (context.Request.Method == "POST")
            await PostAsync(context, path);
        else if (context.Request.Method is not ("GET" or "HEAD"))
            await RefuseAsync(context, 405, "Only GET, HEAD and POST are understood here.");
        else
            await GetAsync(context, path);
    }

    private async Task GetAsync(HttpContext context, string path)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ending, context.RequestAborted);
        if (Asset.Find(path) is { } asset)
            await SendAsync(context, asset.ContentType, asset.Bytes);
        else if (path == Path + "events")
            await EventStream.SendRequestsAsync(context, log, state, gone.Token);
        else if (path == Path + "changes" && live is not null)
            await EventStream.SendChangesAsync(context, live, gone.Token);
        else if (FindRecord(path, "") is { } record)
            await SendJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(RequestDetails.Of(record, commands), InspectorJson.Default.RequestDetails));
        else
            await RefuseAsync(context, 404, "There is nothing here, or it is not remembered any more.");
    }

    private async Task PostAsync(HttpContext context, string path)
    {
        if (IsFromElsewhere(context))
        {
            await RefuseAsync(context, 403, "Only the inspector's own page may ask for that.");
        }
        else if (path == Path + "clear")
        {
            log.Clear();
            context.Response.StatusCode = 204;
        }
        else if (FindRecord(path, "/replay") is { } record)
        {
            string? reason = record.Look(RequestDetails.WhyNot);
            context.Response.StatusCode = reason is null ? 202 : 409;
            var answer = new ReplayAnswer(reason is null ? replay(record) : null, reason);
            await SendJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, InspectorJson.Default.ReplayAnswer));
        }
        else
        {
            await RefuseAsync(context, 404, "There is nothing here, or it is not remembered any more.");
        }
    }

    /// <summary>The request that <c>/_shims/requests/NUMBER</c> means.</summary>
    private RequestRecord? FindRecord(string path, string suffix)
    {
        const string start = Path + "requests/";
        return path.StartsWith(start, StringComparison.Ordinal) && path.EndsWith(suffix, StringComparison.Ordinal) && path.Length > start.Length + suffix.Length
            && int.TryParse(path.AsSpan(start.Length, path.Length - start.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? log.Find(id)
            : null;
    }

    private static bool IsFromHere(HttpContext context) => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

    /// <summary>Whether a page of somebody else asks. Browsers say where a request that changes something comes from; what says nothing is no browser.</summary>
    private static bool IsFromElsewhere(HttpContext context)
    {
        string origin = context.Request.Headers.Origin.ToString();
        string site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        return (origin.Length > 0 && origin != $"http://{context.Request.Headers.Host}") || site is not ("" or "same-origin");
    }

    internal static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, "text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(reason + "\n"));
    }

    private static Task SendJsonAsync(HttpContext context, byte[] json) => SendAsync(context, "application/json", json);

    private static async Task SendAsync(HttpContext context, string contentType, byte[] bytes)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        if (context.Request.Method != "HEAD")
            await context.Response.BodyWriter.WriteAsync(bytes);
    }
}

using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>The responses below <c>/_shims/</c>: the page that shows requests, and its data.</summary>
internal sealed class Inspector(RequestLog log, RecordedCommands commands, Func<ServerState> state, LiveReload? live,
    AppBuilds builds, Func<RequestRecord, int> replay, CancellationToken ending)
{
    internal const string Path = "/_shims/";

    private const string NotFound = "Not found: there is no such page, or the request is no longer in the log.";

    /// <summary>The result of sending a request again.</summary>
    /// <param name="Id">The new request; null if there is none.</param>
    /// <param name="Reason">The reason if there is none.</param>
    internal sealed record ReplayResult(int? Id, string? Reason);

    /// <summary>Headers that make a page of this program load nothing from elsewhere and run no inline script.</summary>
    internal static IReadOnlyList<(string Name, string Value)> SecurityHeaders { get; } =
    [
        ("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
            "form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    /// <summary>Responds to a request whose path begins with <see cref="Path"/>.</summary>
    internal async Task RespondAsync(HttpContext context, string path)
    {
        foreach ((string name, string value) in SecurityHeaders)
            context.Response.Headers[name] = value;
        context.Response.Headers.CacheControl = "no-store";
        if (!IsLocal(context))
        {
            await RefuseAsync(context, 403,
                "Forbidden: the inspector shows the content of requests, and is only for browsers on this machine.");
        }
        else if (context.Request.Method == "POST")
            await PostAsync(context, path);
        else if (context.Request.Method is not ("GET" or "HEAD"))
            await RefuseAsync(context, 405, "Method not allowed: the inspector takes GET, HEAD and POST.");
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
        else if (NumberIn(path, "builds/", "/end") is { } building)
            await EventStream.SendEndAsync(context, builds.EndAsync(building, gone.Token), gone.Token);
        else if (NumberIn(path, "builds/", "/change") is { } failed)
            await EventStream.SendEndAsync(context, builds.ChangeAsync(failed, gone.Token), gone.Token);
        else if (FindRecord(path, "") is { } record)
        {
            await SendJsonAsync(context,
                JsonSerializer.SerializeToUtf8Bytes(RequestDetails.Of(record, commands), InspectorJson.Default.RequestDetails));
        }
        else
            await RefuseAsync(context, 404, NotFound);
    }

    private async Task PostAsync(HttpContext context, string path)
    {
        if (IsCrossSite(context))
        {
            await RefuseAsync(context, 403, "Cross-site request refused: only the inspector's own page may send this.");
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
            var result = new ReplayResult(reason is null ? replay(record) : null, reason);
            await SendJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(result, InspectorJson.Default.ReplayResult));
        }
        else
        {
            await RefuseAsync(context, 404, NotFound);
        }
    }

    /// <summary>The request of the path <c>/_shims/requests/NUMBER</c>.</summary>
    private RequestRecord? FindRecord(string path, string suffix) =>
        NumberIn(path, "requests/", suffix) is { } id ? log.Find(id) : null;

    /// <summary>The number between two parts of a path below <see cref="Path"/>.</summary>
    private static int? NumberIn(string path, string prefix, string suffix)
    {
        int start = Path.Length + prefix.Length, length = path.Length - start - suffix.Length;
        return path.StartsWith(Path + prefix, StringComparison.Ordinal) && path.EndsWith(suffix, StringComparison.Ordinal) && length > 0
            && int.TryParse(path.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
    }

    internal static bool IsLocal(HttpContext context) => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

    /// <summary>Whether a page of another site sent the request. Browsers add the origin to every POST; a client without it is not a
    /// browser.</summary>
    private static bool IsCrossSite(HttpContext context)
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

using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>The responses below <c>/_shims/</c>: the page that shows requests, and its data.</summary>
internal sealed class Inspector(RequestLog log, Site site, RecordedCommands commands, Func<ServerState> state, LiveReload? live,
    AppBuilds builds, InspectorActions actions, CancellationToken ending)
{
    internal const string Path = "/_shims/";

    private const string NotFound = "Not found: there is no such page, or the request is no longer in the log.";

    /// <summary>Responds to a request whose path begins with <see cref="Path"/>.</summary>
    internal async Task RespondAsync(HttpContext context, string path)
    {
        foreach ((string name, string value) in SecurityHeaders.All)
            context.Response.Headers[name] = value;
        context.Response.Headers.CacheControl = "no-store";
        if (!IsLocal(context))
        {
            await ShortResponse.RefuseAsync(context, 403,
                "Forbidden: the inspector shows the content of requests, and is only for browsers on this machine.");
        }
        else if (context.Request.Method == "POST")
            await PostAsync(context, path);
        else if (context.Request.Method is not ("GET" or "HEAD"))
            await ShortResponse.RefuseAsync(context, 405, "Method not allowed: the inspector takes GET, HEAD and POST.");
        else
            await GetAsync(context, path);
    }

    private async Task GetAsync(HttpContext context, string path)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ending, context.RequestAborted);
        if (Asset.Find(path) is { } asset)
            await ShortResponse.SendAsync(context, asset.ContentType, asset.Bytes);
        else if (path == Path + "events")
            await EventStream.SendRequestsAsync(context, log, state, gone.Token);
        else if (path == Path + "changes" && live is not null)
            await EventStream.SendChangesAsync(context, live, gone.Token);
        else if (path == Path + "search")
            await SearchAsync(context);
        else if (path == Path + "requests.har")
            await SaveAsync(context, "requests.har", HarFile.Write(log.All(), KeepsSecrets(context)));
        else if (NumberIn(path, "builds/", "/end") is { } building)
            await EventStream.SendEndAsync(context, builds.EndAsync(building, gone.Token), gone.Token);
        else if (NumberIn(path, "builds/", "/change") is { } failed)
            await EventStream.SendEndAsync(context, builds.ChangeAsync(failed, gone.Token), gone.Token);
        else
            await GetRequestAsync(context, path);
    }

    private async Task GetRequestAsync(HttpContext context, string path)
    {
        if (FindRecord(path, "") is { } record)
        {
            await SendJsonAsync(context,
                JsonSerializer.SerializeToUtf8Bytes(RequestDetails.Of(record, site, commands), InspectorJson.Default.RequestDetails));
        }
        else if (FindRecord(path, "/difference") is { } second
            && FindRecord($"{Path}requests/{context.Request.Query["from"]}", "") is { } first)
        {
            var difference = RequestComparison.Of(RequestDetails.Of(first, site, commands), RequestDetails.Of(second, site, commands));
            await SendJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(difference, InspectorJson.Default.RequestComparison));
        }
        else if (FindRecord(path, ".har") is { } saved)
            await SaveAsync(context, $"request-{saved.Id}.har", HarFile.Write([saved], KeepsSecrets(context)));
        else if (FindRecord(path, ".capsule") is { } kept)
            await SaveAsync(context, $"{CapsuleExport.RequestId(kept)}.capsule", CapsuleExport.Write(kept, site, KeepsSecrets(context)));
        else
            await ShortResponse.RefuseAsync(context, 404, NotFound);
    }

    private async Task SearchAsync(HttpContext context)
    {
        var search = new RequestSearch(context.Request.Query["q"].ToString());
        List<RequestSearch.Match> found = [.. log.All().Select(search.Find).OfType<RequestSearch.Match>()];
        await SendJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(found, InspectorJson.Default.ListMatch));
    }

    private async Task PostAsync(HttpContext context, string path)
    {
        if (IsCrossSite(context))
        {
            await ShortResponse.RefuseAsync(context, 403, "Cross-site request refused: only the inspector's own page may send this.");
            return;
        }
        InspectorActions.Result? result =
            path == Path + "clear" ? actions.Clear()
            : path == Path + "send" ? await actions.SendAsync(context)
            : path == Path + "capsules" ? await actions.LoadAsync(context)
            : FindRecord(path, "/replay") is { } replayed ? actions.Replay(replayed)
            : FindRecord(path, "/pin") is { } pinned ? actions.Pin(pinned, isPinned: true)
            : FindRecord(path, "/unpin") is { } unpinned ? actions.Pin(unpinned, isPinned: false)
            : null;
        if (result is null)
        {
            await ShortResponse.RefuseAsync(context, 404, NotFound);
            return;
        }
        context.Response.StatusCode = result.Status;
        if (result.Status != StatusCodes.Status204NoContent)
            await SendJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(result, InspectorJson.Default.Result));
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

    /// <summary>Whether a file to save keeps passwords and cookies. The page asks for that only if its user has ticked it.</summary>
    private static bool KeepsSecrets(HttpContext context) => context.Request.Query["secrets"] == "1";

    internal static bool IsLocal(HttpContext context) => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);

    /// <summary>Whether a page of another site sent the request. Browsers add the origin to every POST; a client without it is not a
    /// browser.</summary>
    private static bool IsCrossSite(HttpContext context)
    {
        string origin = context.Request.Headers.Origin.ToString();
        string site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        return (origin.Length > 0 && origin != $"http://{context.Request.Headers.Host}") || site is not ("" or "same-origin");
    }

    private static Task SendJsonAsync(HttpContext context, byte[] json) => ShortResponse.SendAsync(context, "application/json", json);

    /// <summary>Sends a file that the browser saves, and does not show.</summary>
    private static Task SaveAsync(HttpContext context, string name, byte[] bytes)
    {
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        return ShortResponse.SendAsync(context, "application/octet-stream", bytes);
    }
}

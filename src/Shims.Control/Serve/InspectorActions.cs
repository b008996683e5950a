using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Shims.Recording;

namespace Shims.Control.Serve;

/// <summary>The changes that the inspector's page asks for.</summary>
internal sealed class InspectorActions(RequestLog log, Site site, RequestSender sender)
{
    /// <summary>The largest body of a request of the page, in bytes: an edited body as JSON, or a capsule.</summary>
    private const int MaxBody = 8 * 1024 * 1024;

    /// <summary>The result of a change.</summary>
    /// <param name="Status">The status of the response.</param>
    /// <param name="Id">The new request; null if there is none.</param>
    /// <param name="Reason">The reason if the change was refused; null if it was not.</param>
    internal sealed record Result([property: System.Text.Json.Serialization.JsonIgnore] int Status, int? Id, string? Reason);

    /// <summary>Removes all requests that are not pinned.</summary>
    internal Result Clear()
    {
        log.Clear();
        return new Result(StatusCodes.Status204NoContent, null, null);
    }

    /// <summary>Keeps a request in the list, or no longer.</summary>
    internal Result Pin(RequestRecord record, bool isPinned) => log.TryPin(record, isPinned)
        ? new Result(StatusCodes.Status200OK, record.Id, null)
        : Refusal(StatusCodes.Status409Conflict, $"{RequestLog.MaxPinned} requests are pinned already: unpin one first.");

    /// <summary>Sends a request again, unchanged.</summary>
    internal Result Replay(RequestRecord record) => record.Look(RequestDetails.WhyNot) is { } reason
        ? Refusal(StatusCodes.Status409Conflict, reason)
        : new Result(StatusCodes.Status202Accepted, sender.SendAgain(record), null);

    /// <summary>Sends the edited request that is in the body.</summary>
    internal async Task<Result> SendAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } bytes)
            return TooLarge;
        EditedRequest? edited = Parse(bytes);
        if (edited is null)
            return Refusal(StatusCodes.Status400BadRequest, "The edited request is malformed.");
        if (log.Find(edited.Id) is not { } original)
            return Refusal(StatusCodes.Status404NotFound, "The request that was edited is no longer in the log.");
        string? reason = edited.WhyNot() ?? (edited.Body is null ? original.Look(RequestDetails.WhyNot) : null);
        return reason is null
            ? new Result(StatusCodes.Status202Accepted, sender.Send(original, edited), null)
            : Refusal(StatusCodes.Status409Conflict, reason);
    }

    /// <summary>Adds the request of the capsule that is in the body. Nothing is run.</summary>
    internal async Task<Result> LoadAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } bytes)
            return TooLarge;
        return Capsule.Parse(bytes, out string? fault) is { } capsule
            ? new Result(StatusCodes.Status201Created, LoadedCapsule.AddTo(log, site, capsule), null)
            : Refusal(StatusCodes.Status409Conflict, $"The file {fault}: choose a capsule, which --record or this page has written.");
    }

    private static Result TooLarge => Refusal(StatusCodes.Status413PayloadTooLarge, $"The file or request is larger than {MaxBody} bytes.");

    private static Result Refusal(int status, string reason) => new(status, null, reason);

    private static EditedRequest? Parse(byte[] json)
    {
        try
        {
            EditedRequest? edited = JsonSerializer.Deserialize(json, InspectorJson.Default.EditedRequest);
            bool isWhole = edited is { Method: not null, Target: not null, Headers: not null }
                && edited.Headers.All(header => header is [not null, not null]);
            return isWhole ? edited : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the body; null if it is too large.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int count; (count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            if (bytes.Length + count > MaxBody)
                return null;
            bytes.Write(buffer, 0, count);
        }
        return bytes.ToArray();
    }
}

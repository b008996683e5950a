using System.Text;
using Shims.Control.Client;

namespace Shims.Control.Serve;

/// <summary>Sends recorded and edited requests to the scripts, without a browser.</summary>
/// <param name="site">The scripts.</param>
/// <param name="exchange">Starts the programs.</param>
/// <param name="log">Records the new requests.</param>
/// <param name="ending">Cancelled when the server ends.</param>
internal sealed class RequestSender(Site site, ScriptExchange exchange, RequestLog log, CancellationToken ending)
{
    /// <summary>Sends a recorded request again, unchanged.</summary>
    /// <returns>The number of the new request.</returns>
    internal int SendAgain(RequestRecord original) =>
        Send(original.Method, original.Target, original.RequestHeaders, BodyOf(original), new RequestOrigin { ReplayOf = original.Id });

    /// <summary>Sends an edited request.</summary>
    /// <param name="original">The request that was edited.</param>
    /// <param name="edited">The new request, which can be sent.</param>
    /// <returns>The number of the new request.</returns>
    internal int Send(RequestRecord original, EditedRequest edited)
    {
        byte[] body = edited.Body is null ? BodyOf(original) : Encoding.UTF8.GetBytes(edited.Body);
        List<(string, string)> headers = [.. edited.HeaderPairs];
        if (body.Length > 0)
            headers.Add(("Content-Length", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return Send(edited.Method, edited.Target, headers, body, new RequestOrigin { ReplayOf = original.Id, IsEdited = true });
    }

    private int Send(string method, string target, IReadOnlyList<(string Name, string Value)> headers, byte[] body, RequestOrigin origin)
    {
        string host = headers.FirstOrDefault(header => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value ?? "localhost";
        RequestUrl url = RequestUrl.Parse($"http://{host}{target}", out _)
            ?? RequestUrl.Parse($"http://localhost{target}", out string? fault)
            ?? throw new InvalidOperationException(fault);
        RequestRecord record = log.Add(method, target, headers, origin);
        var request = new IncomingRequest
        {
            Method = method,
            Url = url,
            Headers = headers,
            Body = body.Length > 0 ? new MemoryStream(body, writable: false) : null,
            ContentLength = body.Length,
        };
        _ = exchange.RespondAsync(request, site.RouteTo(Encoding.UTF8.GetString(url.Path)), new DiscardingResponseSink(), record, ending);
        return record.Id;
    }

    private static byte[] BodyOf(RequestRecord original) => original.Look(static noted => noted.RequestBody.Bytes.ToArray());
}

using System.Text;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>A request and its response, for programs.</summary>
internal sealed record RequestResult
{
    /// <summary>A variable or a header.</summary>
    internal sealed record NameAndValue(string Name, string Value);

    public required string Url { get; init; }
    public required string Method { get; init; }
    public required string To { get; init; }
    public required string Protocol { get; init; }
    public required IReadOnlyList<NameAndValue> Variables { get; init; }

    /// <summary>Null if the response ended before its header was complete.</summary>
    public int? Status { get; init; }
    public required IReadOnlyList<NameAndValue> Headers { get; init; }

    /// <summary>The body, if it is UTF-8; see <see cref="BodyBase64"/> otherwise.</summary>
    public string? Body { get; init; }
    public string? BodyBase64 { get; init; }
    public required string StandardError { get; init; }

    /// <summary>FastCGI: the script's exit status.</summary>
    public int? ApplicationStatus { get; init; }
    public string? ProtocolStatus { get; init; }

    /// <summary>The exit status of a command; 128 plus the signal's number if a signal killed it.</summary>
    public int? ExitCode { get; init; }
    public required string End { get; init; }

    /// <summary>The fault of the response; null if there is none.</summary>
    public string? Cause { get; init; }
    public string? Cure { get; init; }

    /// <summary>Times of events, in milliseconds since the start.</summary>
    public required IReadOnlyDictionary<string, double> Milliseconds { get; init; }

    internal static RequestResult Of(TestRequest request, GatewayAddress address, Protocol protocol, GatewayResponse response, byte[] body)
    {
        string? text = TextOf(body);
        return new RequestResult
        {
            Url = request.Url.Uri,
            Method = request.Method,
            To = address.ToString(),
            Protocol = protocol.Word,
            Variables = [.. request.VariablesFor(protocol).Select(variable => new NameAndValue(variable.NameText, variable.ValueText))],
            Status = response.Head?.Status,
            Headers = [.. (response.Head?.Headers ?? []).Select(header => new NameAndValue(header.Name, header.Value))],
            Body = text,
            BodyBase64 = text is null ? Convert.ToBase64String(body) : null,
            StandardError = response.StandardError,
            ApplicationStatus = response.EndRequest?.ApplicationStatus,
            ProtocolStatus = response.EndRequest?.ProtocolStatus.ToString(),
            ExitCode = response.CommandStatus?.Code,
            End = response.End.ToString().ToLowerInvariant(),
            Cause = response.Fault?.Cause,
            Cure = response.Fault?.Cure,
            Milliseconds = MillisecondsOf(response.Times),
        };
    }

    private static Dictionary<string, double> MillisecondsOf(ResponseTimes times)
    {
        var milliseconds = new Dictionary<string, double>();
        (string, TimeSpan?)[] events =
        [
            ("connected", times.Connected),
            ("sent", times.Sent),
            ("firstByte", times.FirstByte),
            ("header", times.Head),
            ("lastByte", times.LastByte),
        ];
        foreach ((string name, TimeSpan? time) in events)
        {
            if (time is { } known)
                milliseconds[name] = Math.Round(known.TotalMilliseconds, 3);
        }
        return milliseconds;
    }

    private static string? TextOf(byte[] body) => System.Text.Unicode.Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : null;
}

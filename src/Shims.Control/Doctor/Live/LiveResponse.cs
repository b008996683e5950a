using System.Text;
using System.Text.Json;
using Shims.Control.Client;
using Shims.Posix;

namespace Shims.Control.Doctor.Live;

/// <summary>The outcome of one request.</summary>
internal sealed record LiveResponse
{
    /// <summary>The header; null if there was none.</summary>
    internal GatewayResponseHead? Head { get; init; }

    /// <summary>The output that came in place of a header.</summary>
    internal byte[] Unfinished { get; init; } = [];

    /// <summary>The beginning of the body.</summary>
    internal byte[] Page { get; init; } = [];

    internal long BodyLength { get; init; }

    /// <summary>The fault of the response itself.</summary>
    internal PeerFault? Fault { get; init; }

    /// <summary>The text on standard error.</summary>
    internal required string Said { get; init; }

    /// <summary>The end of the started program; null if it has not ended, or none was started.</summary>
    internal ExitStatus? Exit { get; init; }

    /// <summary>The time that it took.</summary>
    internal TimeSpan Time { get; init; }

    /// <summary>Whether it was given up before its end.</summary>
    internal bool IsTooSlow { get; init; }

    /// <summary>Whether a part of the body came in the second half of the time that it had.</summary>
    internal bool GoesOn { get; init; }

    /// <summary>
    /// The URL with a slash at its end, to which a framework redirects the one that was asked; null for any other response.
    /// </summary>
    internal Client.RequestUrl? SlashOf(Client.RequestUrl asked) =>
        Head is { Fault: null, Status: 301 or 302 or 307 or 308 } head ? asked.WithSlash(head.Find("Location")) : null;

    /// <summary>Whether the body is a page of HTML with its end, or a whole JSON document.</summary>
    internal bool IsWholePage => BodyLength == Page.Length && (Encoding.Latin1.GetString(Page).AsSpan().TrimEnd().EndsWith(
        "</html>", StringComparison.OrdinalIgnoreCase) || IsJson(Page));

    /// <summary>
    /// Whether the body comes piece by piece for as long as the browser stays: event streams, and pictures that replace each other.
    /// </summary>
    internal bool IsStream => Head?.Find("Content-Type") is { } type
        && (type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) || type.StartsWith(
            "multipart/x-mixed-replace", StringComparison.OrdinalIgnoreCase));

    private static bool IsJson(byte[] body)
    {
        if (!body.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8))
            return false;
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

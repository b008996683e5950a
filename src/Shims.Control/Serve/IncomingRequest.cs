using Shims.Control.Client;

namespace Shims.Control.Serve;

/// <summary>A request of a browser, or one that is sent again.</summary>
internal sealed record IncomingRequest
{
    internal required string Method { get; init; }

    internal required RequestUrl Url { get; init; }

    /// <summary>The headers, in order.</summary>
    internal required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    /// <summary>The body; null for none.</summary>
    internal Stream? Body { get; init; }

    /// <summary>The length of the body in bytes.</summary>
    internal long ContentLength { get; init; }

    internal string RemoteAddress { get; init; } = "127.0.0.1";

    internal int RemotePort { get; init; }

    /// <summary>Whether the client is a browser on this machine that shows the response as a page, and so can load it once more.</summary>
    internal bool IsPage { get; init; }

    /// <summary>Whether the client accepts HTML.</summary>
    internal bool AcceptsHtml => Headers.Any(header =>
        header.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase)
            && header.Value.Contains("text/html", StringComparison.OrdinalIgnoreCase));
}

using Shims.Control.Client;

namespace Shims.Control.Serve;

/// <summary>What a browser has asked for, or what is asked again.</summary>
internal sealed record IncomingRequest
{
    internal required string Method { get; init; }

    internal required RequestUrl Url { get; init; }

    /// <summary>The headers, in order.</summary>
    internal required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    /// <summary>The body; null for none.</summary>
    internal Stream? Body { get; init; }

    /// <summary>How long the body is.</summary>
    internal long ContentLength { get; init; }

    internal string RemoteAddress { get; init; } = "127.0.0.1";

    internal int RemotePort { get; init; }

    /// <summary>Whether the answer is for a person to look at.</summary>
    internal bool WantsPage => Headers.Any(header => header.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase) && header.Value.Contains("text/html", StringComparison.OrdinalIgnoreCase));
}

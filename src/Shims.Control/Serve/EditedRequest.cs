using Shims.Control.Client;

namespace Shims.Control.Serve;

/// <summary>A request that was edited on the inspector's page.</summary>
internal sealed record EditedRequest
{
    /// <summary>The longest target, and the largest header in all, in bytes: as of nginx.</summary>
    private const int MaxTarget = 8 * 1024, MaxHeaders = 32 * 1024;

    private const int MaxHeaderCount = 100;

    /// <summary>The number of the request that was edited.</summary>
    public required int Id { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query.</summary>
    public required string Target { get; init; }

    public required IReadOnlyList<string[]> Headers { get; init; }

    /// <summary>The body as text; null for the body of the request that was edited.</summary>
    public string? Body { get; init; }

    /// <summary>The headers as pairs, without those that the sender sets.</summary>
    internal IReadOnlyList<(string Name, string Value)> HeaderPairs =>
        [.. Headers.Where(header => !IsOfTheSender(header[0])).Select(header => (header[0], header[1].Trim()))];

    /// <summary>The reason why it cannot be sent; null if it can.</summary>
    internal string? WhyNot()
    {
        if (Method.Length is 0 or > 32 || !Method.All(IsOfToken))
            return "The method is not a word: write for example GET, POST or PUT.";
        if (Target.Length > MaxTarget || RequestUrl.Parse(Target, out string? fault) is null || Target[0] != '/')
            return $"The URL cannot be sent: {RequestUrlFault()}.";
        if (Headers.Count > MaxHeaderCount || Headers.Sum(header => header.Sum(part => part.Length)) > MaxHeaders)
            return $"The headers are too large: more than {MaxHeaderCount}, or more than {MaxHeaders} bytes.";
        string[]? malformed = Headers.FirstOrDefault(header => header.Length != 2 || header[0].Length == 0 || !header[0].All(IsOfToken)
            || header[1].Any(character => character is '\r' or '\n' or '\0' or > '\xff'));
        return malformed is null ? null : $"The header \"{string.Join(": ", malformed)}\" is malformed: write NAME: VALUE.";
    }

    private string RequestUrlFault()
    {
        if (Target.Length > MaxTarget)
            return $"it is longer than {MaxTarget} bytes";
        RequestUrl.Parse(Target, out string? fault);
        return fault ?? "it must begin with a slash";
    }

    /// <summary>RFC 9110 section 5.6.2.</summary>
    private static bool IsOfToken(char next) =>
        char.IsAsciiLetterOrDigit(next) || "!#$%&'*+-.^_`|~".Contains(next, StringComparison.Ordinal);

    private static bool IsOfTheSender(string name) => name.ToUpperInvariant() is "CONTENT-LENGTH" or "TRANSFER-ENCODING";
}

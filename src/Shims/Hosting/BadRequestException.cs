namespace Shims;

/// <summary>The client has sent something that cannot be accepted. Uncaught, it becomes the page for its status code.</summary>
/// <param name="statusCode">400 to 499; 413 for something that is too large. RFC 9110 section 15.5.</param>
/// <param name="message">The fault. It goes to the log, so it must not quote the request.</param>
/// <example><code>
/// if (!int.TryParse(request.Query["page"], out int page))
///     throw new BadRequestException(400, "the page is not a number");
/// response.Write($"page {page}\n");
/// </code></example>
public sealed class BadRequestException(int statusCode, string message) : Exception(message)
{
    /// <summary>400 to 499.</summary>
    public int StatusCode { get; } = statusCode;

    /// <summary>True if the log gets no line about it: visitors ask for files that are not there as often as they like.</summary>
    internal bool IsOrdinary { get; init; }
}

using Microsoft.Net.Http.Headers;

namespace Shims.Control.Serve.Views;

/// <summary>A Content-Type header, taken apart. RFC 9110 section 8.3.</summary>
/// <param name="Name">Type and subtype in small letters; empty if there is no header.</param>
/// <param name="Charset">The charset; null for none.</param>
/// <param name="Boundary">The boundary of a multipart body; null for none.</param>
internal sealed record MediaType(string Name, string? Charset, string? Boundary)
{
    internal bool IsForm => Name == "application/x-www-form-urlencoded";

    internal bool IsMultipart => Name.StartsWith("multipart/", StringComparison.Ordinal) && Boundary is not null;

    internal bool IsJson => Name == "application/json" || Name.EndsWith("+json", StringComparison.Ordinal);

    internal static MediaType Of(string? header) => MediaTypeHeaderValue.TryParse(header, out MediaTypeHeaderValue? type)
        ? new MediaType(type.MediaType.ToString().ToLowerInvariant(), Unquoted(type.Charset), Unquoted(type.Boundary))
        : new MediaType("", null, null);

    private static string? Unquoted(Microsoft.Extensions.Primitives.StringSegment value) =>
        HeaderUtilities.RemoveQuotes(value).ToString() is { Length: > 0 } text ? text : null;
}

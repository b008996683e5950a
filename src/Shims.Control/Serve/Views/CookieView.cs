using Shims.Hosting;

namespace Shims.Control.Serve.Views;

/// <summary>Takes Cookie and Set-Cookie headers apart. RFC 6265 sections 4.1 and 4.2.</summary>
internal static class CookieView
{
    /// <summary>Names and values of the Cookie headers.</summary>
    internal static IReadOnlyList<string[]> Sent(IEnumerable<(string Name, string Value)> headers) =>
        [.. headers.Where(header => header.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            .SelectMany(header => CookieFormat.Read(header.Value))
            .Select(pair => new[] { pair.Key, pair.Value })];

    /// <summary>Name, value and attributes of each Set-Cookie header.</summary>
    internal static IReadOnlyList<string[]> Set(IEnumerable<(string Name, string Value)> headers) =>
        [.. headers.Where(header => header.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase))
            .Select(header => Divide(header.Value))];

    private static string[] Divide(string value)
    {
        int semicolon = value.IndexOf(';', StringComparison.Ordinal);
        string pair = semicolon < 0 ? value : value[..semicolon];
        int equals = pair.IndexOf('=', StringComparison.Ordinal);
        return
        [
            equals < 0 ? "" : pair[..equals].Trim(),
            pair[(equals + 1)..].Trim(),
            semicolon < 0 ? "" : value[(semicolon + 1)..].Trim(),
        ];
    }
}

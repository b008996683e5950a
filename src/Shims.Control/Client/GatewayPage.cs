using System.Text;
using System.Text.RegularExpressions;

namespace Shims.Control.Client;

/// <summary>The error page of a gateway, which ends with the number that stands in its log line too.</summary>
internal static partial class GatewayPage
{
    /// <summary>The request's number.</summary>
    /// <returns>Null if it is another page.</returns>
    internal static string? FindRequestId(ReadOnlySpan<byte> page) =>
        RequestIdAtEnd().Match(Encoding.UTF8.GetString(page)) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"Request id: ([0-9a-f]{8})\s*$")]
    private static partial Regex RequestIdAtEnd();
}

namespace Shims.MatrixTests.Environments;

/// <summary>A request that a web server answers itself, whatever program is behind it.</summary>
/// <param name="Reason">Why.</param>
/// <param name="IsAbout">Which.</param>
internal sealed record Refusal(string Reason, Func<Front, Probe, bool> IsAbout)
{
    private static readonly IReadOnlyList<Refusal> s_all =
    [
        new("for want of a length", static (front, probe) => probe.IsChunked && front.LimitOf(Check.Chunked) is not null),
        new("whose ProxyPass wants no encoded percent sign, where AllowEncodedSlashes is NoDecode",
            static (front, probe) => front.Name.EndsWith("-proxypass", StringComparison.Ordinal) && probe.Target.Contains("%25", StringComparison.Ordinal)),
    ];

    /// <summary>The reason for which a web server refuses a request; null if there is none.</summary>
    internal static string? ReasonOf(Front front, Probe probe) => s_all.FirstOrDefault(refusal => refusal.IsAbout(front, probe))?.Reason;
}

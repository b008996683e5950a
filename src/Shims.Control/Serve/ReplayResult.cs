namespace Shims.Control.Serve;

/// <summary>What came of the wish to send a request again.</summary>
/// <param name="Id">The new request; null if there is none.</param>
/// <param name="Reason">Why there is none.</param>
internal sealed record ReplayResult(int? Id, string? Reason);

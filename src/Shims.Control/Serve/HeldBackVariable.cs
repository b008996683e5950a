namespace Shims.Control.Serve;

/// <summary>A variable of a request that its script does not get.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
/// <param name="Reason">The reason why it is held back.</param>
/// <param name="Option">The option that passes it on; null if none does.</param>
internal sealed record HeldBackVariable(string Name, string Value, string Reason, string? Option);

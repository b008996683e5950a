namespace Shims.Control.Client;

/// <summary>A fault of a response, with its fix.</summary>
internal sealed record PeerFault(string Cause, string Cure)
{
    public override string ToString() => $"{Cause}: {Cure}";
}

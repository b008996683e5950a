namespace Shims.Control.Client;

/// <summary>What is wrong with a response, and what to do.</summary>
internal sealed record PeerFault(string Cause, string Cure)
{
    public override string ToString() => $"{Cause}: {Cure}";
}

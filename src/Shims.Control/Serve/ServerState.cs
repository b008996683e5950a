namespace Shims.Control.Serve;

/// <summary>What the inspector's page says about the server.</summary>
/// <param name="What">What is served.</param>
/// <param name="Protocol">What is spoken with the programs.</param>
/// <param name="Count">Requests since the start.</param>
/// <param name="ForgottenUpTo">Requests up to this one have been cleared away.</param>
/// <param name="Capacity">How many are kept.</param>
/// <param name="Started">A number that changes when the server is started anew.</param>
internal sealed record ServerState(string What, string Protocol, int Count, int ForgottenUpTo, int Capacity, long Started);

namespace Shims.Control.Serve;

/// <summary>The state of the server, for the inspector's page.</summary>
/// <param name="What">The script, app or directory that is served.</param>
/// <param name="Protocol">The protocol between this server and the programs.</param>
/// <param name="Count">The number of requests since the start.</param>
/// <param name="ForgottenUpTo">The last request that was cleared.</param>
/// <param name="Capacity">The number of requests that are kept.</param>
/// <param name="Started">The time of the start, by which the page recognises a restart.</param>
internal sealed record ServerState(string What, string Protocol, int Count, int ForgottenUpTo, int Capacity, long Started);

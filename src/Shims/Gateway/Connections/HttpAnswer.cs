using Shims.Diagnostics;

namespace Shims.Gateway.Connections;

/// <summary>The answer to a request in HTTP of a service that has only one answer, whatever the protocol.</summary>
/// <param name="Fault">Why.</param>
/// <param name="Response">All of it: status line, header and body.</param>
internal sealed record HttpAnswer(Fault Fault, byte[] Response);

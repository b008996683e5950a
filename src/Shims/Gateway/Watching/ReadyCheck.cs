using Shims.Gateway.Requests;

namespace Shims.Gateway.Watching;

/// <summary>Says whether a process can take a request.</summary>
internal static class ReadyCheck
{
    /// <summary>The reason why it cannot; null if it can.</summary>
    /// <param name="service">Shared by its loops.</param>
    internal static string? ObjectionOf(ServiceContext service) =>
        service.Watch is { IsEnding: true } ? "the process is about to end"
        : service.Slots.AreTaken ? "as many scripts are running as --max allows"
        : null;
}

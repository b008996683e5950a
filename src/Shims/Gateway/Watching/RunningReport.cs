using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Watching;

/// <summary>SIGUSR1: writes to the log what runs.</summary>
internal static class RunningReport
{
    /// <summary>Writes a line that counts, and one for each script and handler that runs. On any thread.</summary>
    internal static void Write(ServiceContext service)
    {
        if (service.Watch is not { } watch)
            return;
        foreach (string line in LinesOf(ServiceStatus.Of(service, watch)))
            Log.WriteLine(line);
    }

    /// <summary>The lines.</summary>
    internal static IEnumerable<string> LinesOf(ServiceStatus status)
    {
        yield return $"running: {StatusText.Number(status.Running.Count)}, waiting: {StatusText.Number(status.Queued)}, refused: {StatusText.Number(status.Refused)}, answered: {StatusText.Number(status.Answered)}, since {StatusText.TimeOf(status.Since)}";
        foreach (RunningRequest request in status.Running)
            yield return $"runs for {JsonLine.Seconds(request.Age)} s: {request.Subject}, process {StatusText.Number(request.Process)}, {ServiceStatus.NameOf(request.Mode)}";
    }
}

using Shims.Diagnostics;

namespace Shims.Gateway.Watching;

/// <summary>The status page for programs: one object. RFC 8259.</summary>
internal static class StatusJson
{
    internal const string ContentType = "application/json";

    internal static string Of(ServiceStatus status) => new JsonLine()
        .Add("program", status.Program)
        .Add("version", status.Version.Length == 0 ? null : status.Version)
        .Add("process", status.Process)
        .Add("since", StatusText.TimeOf(status.Since))
        .AddSeconds("uptime", status.Uptime)
        .Add("ready", status.IsReady)
        .Add("running", status.Running.Count)
        .Add("max", status.Maximum > 0 ? status.Maximum : null)
        .Add("queued", status.Queued)
        .Add("refused", status.Refused)
        .AddSeconds("script_seconds", status.ScriptMilliseconds)
        .Add("answered", status.Answered)
        .Add("requests", status.Counts.Select(static counted => new JsonLine()
            .Add("status", counted.Status == 0 ? null : counted.Status).Add("mode", ServiceStatus.NameOf(counted.Mode)).Add("count", counted.Count)))
        .Add("scripts", status.Running.Select(static request => new JsonLine()
            .Add("script", request.Subject).AddSeconds("seconds", request.Age).Add("process", request.Process).Add("mode", ServiceStatus.NameOf(request.Mode))))
        + "\n";
}

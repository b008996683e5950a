using System.Text;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Watching;

/// <summary>The status page for Prometheus. OpenMetrics 1.0, text format.</summary>
/// <remarks>
/// A label never has what a visitor chose, and no number of a process: each new value is one more series that is kept. So scripts are counted by their path, which is that of a file
/// that is there, and handlers together.
/// </remarks>
internal static class StatusMetrics
{
    internal const string ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    internal static string Of(ServiceStatus status)
    {
        var page = new StringBuilder();
        Family(page, "shims_build", "info", "Program and version.");
        Sample(page, "shims_build_info", "1", ("program", status.Program), ("version", status.Version));
        Family(page, "shims_start_time_seconds", "gauge", "When the process began to serve, since 1970.", isSeconds: true);
        Sample(page, "shims_start_time_seconds", JsonLine.Seconds(status.Since));
        Family(page, "shims_ready", "gauge", "1 if the process can take a request.");
        Sample(page, "shims_ready", status.IsReady ? "1" : "0");
        Family(page, "shims_requests", "counter", "Requests that have ended, by status and mode.");
        foreach ((int code, RequestMode mode, long count) in status.Counts)
            Sample(page, "shims_requests_total", StatusText.Number(count), ("status", code == 0 ? "unknown" : StatusText.Number(code)), ("mode", ServiceStatus.NameOf(mode)));
        Family(page, "shims_refused", "counter", "Requests that found as many scripts running as --max allows.");
        Sample(page, "shims_refused_total", StatusText.Number(status.Refused));
        Family(page, "shims_script_seconds", "counter", "How long scripts and handlers have run.", isSeconds: true);
        Sample(page, "shims_script_seconds_total", JsonLine.Seconds(status.ScriptMilliseconds));
        Family(page, "shims_queued", "gauge", "Requests that wait for another script to end.");
        Sample(page, "shims_queued", StatusText.Number(status.Queued));
        Family(page, "shims_max", "gauge", "How many scripts may run at a time; 0 for any number.");
        Sample(page, "shims_max", StatusText.Number(status.Maximum));
        Family(page, "shims_running", "gauge", "Scripts and handlers that run.");
        Sample(page, "shims_running", StatusText.Number(status.Running.Count));
        AddScripts(page, status);
        return page.Append("# EOF\n").ToString();
    }

    private static void AddScripts(StringBuilder page, ServiceStatus status)
    {
        var oldest = new Dictionary<(string Script, RequestMode Mode), (long Count, long Age)>();
        foreach (RunningRequest request in status.Running)
        {
            (string, RequestMode) key = (request.Mode == RequestMode.Handler ? status.Program : request.Subject, request.Mode);
            (long count, long age) = oldest.GetValueOrDefault(key);
            oldest[key] = (count + 1, Math.Max(age, request.Age));
        }
        Family(page, "shims_script_running", "gauge", "Scripts that run, by their path.");
        foreach (((string script, RequestMode mode), (long count, _)) in oldest)
            Sample(page, "shims_script_running", StatusText.Number(count), ("script", script), ("mode", ServiceStatus.NameOf(mode)));
        Family(page, "shims_script_oldest_seconds", "gauge", "How long the oldest of them has run.", isSeconds: true);
        foreach (((string script, RequestMode mode), (_, long age)) in oldest)
            Sample(page, "shims_script_oldest_seconds", JsonLine.Seconds(age), ("script", script), ("mode", ServiceStatus.NameOf(mode)));
    }

    private static void Family(StringBuilder page, string name, string type, string help, bool isSeconds = false)
    {
        page.Append($"# TYPE {name} {type}\n");
        if (isSeconds)
            page.Append($"# UNIT {name} seconds\n");
        page.Append($"# HELP {name} {help}\n");
    }

    private static void Sample(StringBuilder page, string name, string value, params (string Name, string Value)[] labels)
    {
        page.Append(name);
        for (int i = 0; i < labels.Length; i++)
        {
            page.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            AppendEscaped(page, labels[i].Value);
            page.Append(i == labels.Length - 1 ? "\"}" : "\"");
        }
        page.Append(' ').Append(value).Append('\n');
    }

    /// <summary>OpenMetrics 1.0, section "Escaping": a backslash, a quotation mark and a line feed; all else is UTF-8.</summary>
    private static void AppendEscaped(StringBuilder page, string value)
    {
        foreach (char next in value)
        {
            if (next is '\\' or '"')
                page.Append('\\').Append(next);
            else if (next == '\n')
                page.Append("\\n");
            else
                page.Append(next);
        }
    }
}

using System.Globalization;
using System.Text;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Watching;

/// <summary>The status page for people: a name and a value on each line, then the requests by status, then what runs.</summary>
internal static class StatusText
{
    internal const string ContentType = "text/plain; charset=utf-8";

    /// <summary>Columns of the names.</summary>
    private const int Width = 17;

    internal static string Of(ServiceStatus status)
    {
        var page = new StringBuilder();
        Line(page, "program:", $"{status.Program} {status.Version}".TrimEnd());
        Line(page, "process:", Number(status.Process));
        Line(page, "since:", $"{TimeOf(status.Since)}, {JsonLine.Seconds(status.Uptime)} s ago");
        Line(page, "ready:", status.IsReady ? "yes" : "no");
        Line(page, "running:", status.Maximum > 0 ? $"{Number(status.Running.Count)} of {Number(status.Maximum)}" : Number(status.Running.Count));
        Line(page, "queued:", Number(status.Queued));
        Line(page, "refused:", Number(status.Refused));
        Line(page, "script seconds:", JsonLine.Seconds(status.ScriptMilliseconds));
        Line(page, "answered:", Number(status.Answered));
        foreach ((int code, RequestMode mode, long count) in status.Counts)
            Line(page, $"  {(code == 0 ? "?" : Number(code))} {ServiceStatus.NameOf(mode)}", Number(count));
        foreach (RunningRequest request in status.Running)
            page.Append($"\n{JsonLine.Seconds(request.Age)} s  process {Number(request.Process)}  {ServiceStatus.NameOf(request.Mode)}  {request.Subject}");
        if (status.Running.Count > 0)
            page.Append('\n');
        return page.ToString();
    }

    /// <summary>RFC 3339, in UTC.</summary>
    internal static string TimeOf(long unixMilliseconds) => DateTime.UnixEpoch.AddMilliseconds(unixMilliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder page, string name, string value) => page.Append(name.PadRight(Width)).Append(value).Append('\n');

    /// <summary>In figures, without separators.</summary>
    internal static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

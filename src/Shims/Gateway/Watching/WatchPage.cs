using System.Globalization;
using System.Text;
using Shims.Cgi;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Watching;

/// <summary>The pages of <c>--status-path</c> and <c>--ping-path</c>, as CGI responses.</summary>
internal static class WatchPage
{
    /// <summary>The status page in the form that the query asks for: <c>?json</c>, <c>?openmetrics</c>, or text.</summary>
    /// <param name="service">Shared by the loops of the process.</param>
    /// <param name="query">The query of the request.</param>
    internal static (int Status, string ContentType, string Text) StatusOf(ServiceContext service, ReadOnlySpan<byte> query)
    {
        if (service.Watch is not { } watch)
        {
            return (501, StatusText.ContentType, "There is nothing to show of a process that serves one connection: let inetd (wait) or systemd (Accept=no) pass "
                + $"the listening socket to {service.Options.Program}.\n");
        }
        ServiceStatus status = ServiceStatus.Of(service, watch);
        return Has(query, "json"u8) ? (200, StatusJson.ContentType, StatusJson.Of(status))
            : Has(query, "openmetrics"u8) ? (200, StatusMetrics.ContentType, StatusMetrics.Of(status))
            : (200, StatusText.ContentType, StatusText.Of(status));
    }

    /// <summary>The answer to a ping.</summary>
    /// <param name="service">Shared by the loops of the process.</param>
    internal static (int Status, string ContentType, string Text) PingOf(ServiceContext service) =>
        ReadyCheck.ObjectionOf(service) is { } objection ? (503, StatusText.ContentType, objection + "\n") : (200, StatusText.ContentType, "pong\n");

    /// <summary>The whole response. RFC 3875 section 6.</summary>
    /// <param name="page">Status, content type and text.</param>
    /// <param name="withBody">False in response to HEAD.</param>
    internal static byte[] Format((int Status, string ContentType, string Text) page, bool withBody)
    {
        byte[] body = Encoding.UTF8.GetBytes(page.Text);
        string status = page.Status.ToString(CultureInfo.InvariantCulture);
        byte[] head = Encoding.ASCII.GetBytes($"Status: {status} {ReasonPhrases.Of(page.Status)}\r\nContent-Type: {page.ContentType}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
            + $"{(page.Status == 503 ? "Retry-After: 1\r\n" : "")}Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n");
        return withBody ? [.. head, .. body] : head;
    }

    /// <summary>True if a query has a name, with a value or without: Prometheus writes <c>?openmetrics=</c>.</summary>
    private static bool Has(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name)
    {
        foreach (Range range in query.Split((byte)'&'))
        {
            ReadOnlySpan<byte> word = query[range];
            int end = word.IndexOf((byte)'=');
            if ((end < 0 ? word : word[..end]).SequenceEqual(name))
                return true;
        }
        return false;
    }
}

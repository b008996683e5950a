using System.Text;
using Shims.Diagnostics;

namespace Shims.Cgi;

/// <summary>The page a client gets instead of a script's response: short, plain, and with the id under which the log tells more.</summary>
internal static class ErrorPage
{
    /// <summary>The whole CGI response, header and page. RFC 3875 section 6.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="requestId">The id in the log.</param>
    /// <param name="explain">True if the page says what the log says (<c>--errors browser</c>).</param>
    /// <param name="withBody">False in response to HEAD.</param>
    internal static byte[] Format(Fault fault, string requestId, bool explain, bool withBody)
    {
        Action<StringBuilder, string>? appendHtml = explain ? fault.AppendPage : null;
        var page = new StringBuilder();
        if (appendHtml is not null)
            appendHtml(page, requestId);
        else
            page.Append(fault.Status).Append(' ').Append(ReasonPhrases.Of(fault.Status)).Append("\n\n").Append(explain ? fault.ToString() : Advice(fault.Status)).Append("\n\nRequest id: ").Append(requestId).Append('\n');
        byte[] body = Encoding.UTF8.GetBytes(page.ToString());

        var head = new StringBuilder();
        head.Append("Status: ").Append(fault.Status).Append(' ').Append(ReasonPhrases.Of(fault.Status)).Append("\r\n");
        head.Append("Content-Type: text/").Append(appendHtml is not null ? "html" : "plain").Append("; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n");
        head.Append("X-Request-Id: ").Append(requestId).Append("\r\n");
        if (fault.Status == 503)
            head.Append("Retry-After: 1\r\n");
        head.Append("Content-Length: ").Append(body.Length).Append("\r\n\r\n");
        byte[] header = Encoding.ASCII.GetBytes(head.ToString());
        return withBody ? [.. header, .. body] : header;
    }

    private static string Advice(int status) => status switch
    {
        400 => "The request could not be understood.",
        403 => "This page may not be run.",
        404 => "There is no such page.",
        411 => "The request has to say how long its body is.",
        413 => "The request is too large.",
        503 => "Too many requests are being served. Try again in a moment.",
        504 => "The page took too long.",
        _ => "The page could not be made. The log of the server says why.",
    };
}

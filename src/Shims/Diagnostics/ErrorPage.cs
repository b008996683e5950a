using System.Text;

namespace Shims.Diagnostics;

/// <summary>The page a client gets instead of a script's answer: short, plain, and with the id under which the log tells more.</summary>
internal static class ErrorPage
{
    /// <summary>The whole CGI response, header and page. RFC 3875 section 6.</summary>
    /// <param name="fault">What happened.</param>
    /// <param name="requestId">The id in the log.</param>
    /// <param name="explain">Whether the page says what the log says (<c>--errors browser</c>).</param>
    /// <param name="withBody">False in answer to HEAD.</param>
    internal static byte[] Format(Fault fault, string requestId, bool explain, bool withBody)
    {
        bool isHtml = explain && fault.Details is not null;
        var page = new StringBuilder();
        if (isHtml)
            AppendHtml(page, fault, requestId);
        else
            page.Append(fault.Status).Append(' ').Append(ReasonPhrase(fault.Status)).Append("\n\n").Append(explain ? fault.ToString() : Advice(fault.Status)).Append("\n\nRequest id: ").Append(requestId).Append('\n');
        byte[] body = Encoding.UTF8.GetBytes(page.ToString());

        var head = new StringBuilder();
        head.Append("Status: ").Append(fault.Status).Append(' ').Append(ReasonPhrase(fault.Status)).Append("\r\n");
        head.Append("Content-Type: text/").Append(isHtml ? "html" : "plain").Append("; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n");
        if (fault.Status == 503)
            head.Append("Retry-After: 1\r\n");
        head.Append("Content-Length: ").Append(body.Length).Append("\r\n\r\n");
        byte[] header = Encoding.ASCII.GetBytes(head.ToString());
        return withBody ? [.. header, .. body] : header;
    }

    /// <summary>RFC 9110 section 15; RFC 6585.</summary>
    internal static string ReasonPhrase(int status) => status switch
    {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        422 => "Unprocessable Content",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        < 300 => "Success",
        < 400 => "Redirect",
        _ => "Error",
    };

    private static void AppendHtml(StringBuilder page, Fault fault, string requestId)
    {
        string title = $"{fault.Status} {ReasonPhrase(fault.Status)}";
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>").Append(title).Append("</title></head>\n<body><h1>").Append(title).Append("</h1>\n<p>");
        AppendEscaped(page, fault.Cause);
        page.Append("</p>\n<pre>");
        AppendEscaped(page, fault.Details!);
        page.Append("</pre>\n<p>Request id: ").Append(requestId).Append("</p></body></html>\n");
    }

    private static void AppendEscaped(StringBuilder page, string text)
    {
        foreach (char next in text)
        {
            _ = next switch
            {
                '<' => page.Append("&lt;"),
                '>' => page.Append("&gt;"),
                '&' => page.Append("&amp;"),
                '"' => page.Append("&quot;"),
                '\'' => page.Append("&#39;"),
                _ => page.Append(next),
            };
        }
    }

    private static string Advice(int status) => status switch
    {
        400 => "The request could not be understood.",
        403 => "This page may not be run.",
        404 => "There is no such page.",
        413 => "The request is too large.",
        503 => "Too many requests are being served. Try again in a moment.",
        504 => "The page took too long.",
        _ => "The page could not be made. The log of the server says why.",
    };
}

using System.Net;
using System.Text;
using Shims.Diagnostics;

namespace Shims.Hosting;

/// <summary>The page of an exception, for a developer's browser: the message and the line that threw, and the rest on demand.</summary>
internal static class ExceptionPage
{
    private const string Title = "500 Internal Server Error";

    private const string Style =
        ":root{color-scheme:light dark}body{font:15px/1.45 system-ui,sans-serif;max-width:880px;margin:40px auto;padding:0 24px}" +
        "pre{padding:8px 12px;border:1px solid #8888;border-radius:4px;overflow:auto;tab-size:4}" +
        "mark{background:none;font-weight:bold;color:light-dark(#b3261e,#ff9a91)}" +
        "summary{cursor:pointer}";

    /// <summary>Appends the page.</summary>
    /// <param name="page">Its destination.</param>
    /// <param name="exception">The exception.</param>
    /// <param name="frame">The first frame with a line; null if none has.</param>
    /// <param name="requestId">The id under which the log has the same.</param>
    internal static void Append(StringBuilder page, Exception exception, SourceFrame? frame, string requestId)
    {
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\">")
            .Append($"<title>{Title}</title><style>{Style}</style></head>\n<body><h1>{Title}</h1>\n");
        for (Exception? next = exception; next is not null; next = next.InnerException)
        {
            page.Append(next == exception ? "<p>" : "<p>Its cause: ");
            page.Append($"<strong>{Escape(next.GetType().ToString())}</strong>: {Escape(next.Message)}</p>\n");
        }
        if (frame is not null)
            AppendFrame(page, frame);
        page.Append($"<details><summary>Stack</summary><pre>{Escape(exception.ToString())}</pre></details>\n")
            .Append($"<p>Request id: {requestId}</p></body></html>\n");
    }

    private static void AppendFrame(StringBuilder page, SourceFrame frame)
    {
        page.Append($"<p>In {Escape(frame.Method)}, <code>{Escape(frame.File)}</code> line {frame.Line}:</p>\n");
        if (SourceExcerpt.Read(frame.File, frame.Line) is not { } excerpt)
            return;
        page.Append("<pre>");
        for (int i = 0; i < excerpt.Lines.Count; i++)
        {
            int number = excerpt.First + i;
            string text = $"{number,5}  {Escape(excerpt.Lines[i])}";
            page.Append(number == frame.Line ? $"<mark>{text}</mark>\n" : $"{text}\n");
        }
        page.Append("</pre>\n");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}

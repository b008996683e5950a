using System.Net;
using System.Text;
using Shims.Diagnostics;

namespace Shims.Hosting;

/// <summary>Says what is wrong when a handler has thrown.</summary>
internal static class ExceptionFault
{
    internal static Fault Of(Exception exception)
    {
        string cause = $"the handler threw {exception.GetType()}: {exception.Message}".ReplaceLineEndings(" / ");
        return new Fault(500, cause, "see the stack trace")
        {
            Said = (exception.StackTrace ?? "no stack trace").ReplaceLineEndings(" / "),
            AppendPage = (page, requestId) => AppendHtml(page, cause, exception.ToString(), requestId),
        };
    }

    private static void AppendHtml(StringBuilder page, string cause, string details, string requestId)
    {
        const string title = "500 Internal Server Error";
        page.Append($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body><h1>{title}</h1>\n");
        page.Append($"<p>{WebUtility.HtmlEncode(cause)}</p>\n<pre>{WebUtility.HtmlEncode(details)}</pre>\n<p>Request id: {requestId}</p></body></html>\n");
    }
}

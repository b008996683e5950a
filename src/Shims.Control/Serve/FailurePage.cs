using System.Globalization;
using System.Text;

namespace Shims.Control.Serve;

/// <summary>Sends pages of this program in the place of a script's.</summary>
internal static class FailurePage
{
    /// <summary>Sends the page of a failure, and records the failure.</summary>
    internal static async Task SendAsync(Diagnosis diagnosis, IncomingRequest request, IResponseSink sink, RequestRecord record,
        CancellationToken left)
    {
        string errors = record.Look(static noted => noted.StandardError.ToText(out _));
        string page = request.AcceptsHtml ? DiagnosisPage.ToHtml(diagnosis, record, errors)
            : DiagnosisPage.ToText(diagnosis, record, errors);
        record.Update(noted => (noted.Status, noted.Trouble, noted.Findings) = (diagnosis.Status, diagnosis.Cause, diagnosis.Findings));
        await SendAsync(diagnosis.Status, page, request.AcceptsHtml, sink, left);
    }

    /// <summary>Sends a page.</summary>
    internal static async Task SendAsync(int status, string page, bool isHtml, IResponseSink sink, CancellationToken left)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(page);
        List<(string, string)> headers =
        [
            ("Content-Type", isHtml ? "text/html; charset=utf-8" : "text/plain; charset=utf-8"),
            ("Content-Length", bytes.Length.ToString(CultureInfo.InvariantCulture)),
            ("Cache-Control", "no-store"),
            .. SecurityHeaders.All,
        ];
        sink.Start(status, headers);
        await sink.WriteAsync(bytes, left);
        await sink.CompleteAsync(left);
    }
}

using System.Text;
using Shims.Cgi;
using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>The error page of a failed request: cause, fix, doctor's findings, and the script's standard error.</summary>
internal static class DiagnosisPage
{
    internal static string ToHtml(Diagnosis diagnosis, RequestRecord record, string errors)
    {
        string title = $"{diagnosis.Status} {ReasonPhrases.Of(diagnosis.Status)}";
        Html page = new Html($"{title} – {record.Target}").Raw("<body class=\"sheet\">\n<main>\n");
        page.Raw("<p class=\"kicker\">").Text($"{record.Method} {record.Target}").Raw("</p>\n<h1>").Text(title).Raw("</h1>\n");
        page.Raw("<p class=\"cause\">").Text(diagnosis.Cause).Raw("</p>\n");
        AppendFindings(page, diagnosis.Findings);
        AppendOutput(page, "Standard error", errors);
        AppendOutput(page, "Output instead of a header", diagnosis.Output);
        page.Raw($"<nav class=\"onward\" aria-label=\"Onward\"><a href=\"/_shims/#{record.Id}\">Details of this request</a>");
        if (record.Method == "GET")
            page.Raw("<a href=\"").Text(record.Target).Raw("\">Try again</a>");
        page.Raw("<a href=\"/\">All scripts</a></nav>\n</main>\n</body>\n");
        return page.ToString();
    }

    /// <summary>The error page as text, for clients that do not accept HTML, such as curl.</summary>
    internal static string ToText(Diagnosis diagnosis, RequestRecord record, string errors)
    {
        var text = new StringBuilder($"{diagnosis.Status} {ReasonPhrases.Of(diagnosis.Status)}\n\n{diagnosis.Cause}\n");
        foreach (Finding finding in diagnosis.Findings)
        {
            text.Append($"\n{NameOf(finding.Severity)}: {finding.Subject}: {finding.Cause}\n");
            if (finding.Advice is not null)
                text.Append($"  do: {finding.Advice}\n");
            if (finding.Command is not null)
                text.Append($"  run: {finding.Command}\n");
        }
        if (errors.Length > 0)
            text.Append($"\nStandard error:\n{errors}\n");
        if (diagnosis.Output.Length > 0)
            text.Append($"\nOutput instead of a header:\n{diagnosis.Output}\n");
        return text.Append($"\nDetails of this request: /_shims/#{record.Id}\n").ToString();
    }

    /// <summary>Appends the findings as a list: errors first, then warnings, then checks that passed.</summary>
    internal static void AppendFindings(Html page, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
            return;
        page.Raw("<h2>Findings of <code>shimctl doctor</code></h2>\n<ul class=\"findings\">\n");
        foreach (Finding finding in findings.OrderByDescending(finding => finding.Severity))
        {
            string name = NameOf(finding.Severity);
            page.Raw($"<li class=\"{name}\"><span class=\"mark\">{name}</span> ").Text(finding.Cause);
            page.Raw(" <span class=\"subject\">").Text(finding.Subject).Raw("</span>");
            if (finding.Advice is not null)
                page.Raw("<p>").Text(finding.Advice).Raw("</p>");
            if (finding.Command is not null)
                page.Raw("<pre class=\"cure\"><code>").Text(finding.Command).Raw("</code></pre>");
            page.Raw("</li>\n");
        }
        page.Raw("</ul>\n");
    }

    internal static string NameOf(Severity severity) => severity switch
    {
        Severity.Good => "ok",
        Severity.Warning => "warning",
        _ => "error",
    };

    private static void AppendOutput(Html page, string heading, string text)
    {
        if (text.Length > 0)
            page.Element("h2", heading).Raw("<pre tabindex=\"0\">").Text(text).Raw("</pre>\n");
    }
}

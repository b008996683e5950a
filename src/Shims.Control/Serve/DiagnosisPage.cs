using System.Text;
using Shims.Cgi;
using Shims.Control.Doctor;
using Shims.Diagnostics;

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
        foreach (SourceProblem problem in diagnosis.Problems)
            AppendProblem(page, problem);
        AppendFindings(page, diagnosis.Findings);
        AppendOutput(page, "Standard error", diagnosis.StandardError ?? errors);
        AppendOutput(page, "Output instead of a header", diagnosis.Output);
        if (diagnosis.Rest.Length > 0)
        {
            // Folded if the lines of source say enough.
            page.Raw(diagnosis.Problems.Count > 0 ? "<details><summary>" : "<details open><summary>").Text(RestOf(diagnosis))
                .Raw("</summary>\n<pre tabindex=\"0\">").Text(diagnosis.Rest).Raw("</pre></details>\n");
        }
        page.Raw($"<nav class=\"onward\" aria-label=\"Onward\"><a href=\"/_shims/#{record.Id}\">Details of this request</a>");
        if (record.Method == "GET")
            page.Raw("<a href=\"").Text(OnThisSite(record.Target)).Raw("\">Try again</a>");
        page.Raw("<a href=\"/\">All scripts</a></nav>\n</main>\n");
        if (diagnosis.Build is { } build && record.Method == "GET")
            AppendReload(page, $"{build.Number}/change");
        return page.Raw("</body>\n").ToString();
    }

    /// <summary>The page in the place of one whose app is being compiled, which gives way to that one by itself.</summary>
    internal static string ToHtml(AppBuild build, RequestRecord record)
    {
        string title = $"Compiling {Path.GetFileName(build.Source)}…";
        Html page = new Html(title).Raw("<body class=\"sheet\">\n<main>\n<p class=\"kicker\">").Text($"{record.Method} {record.Target}")
            .Raw("</p>\n<h1>").Text(title).Raw("</h1>\n<p role=\"status\"><code>").Text(build.Source)
            .Raw("</code> has changed, or has not been compiled yet. The page comes by itself when that is done.</p>\n" +
                "<noscript><p>Without JavaScript: load it again in a few seconds.</p></noscript>\n</main>\n");
        AppendReload(page, $"{build.Number}/end");
        return page.Raw("</body>\n").ToString();
    }

    /// <summary>The error page as text, for clients that do not accept HTML, such as curl.</summary>
    internal static string ToText(Diagnosis diagnosis, RequestRecord record, string errors)
    {
        var text = new StringBuilder($"{diagnosis.Status} {ReasonPhrases.Of(diagnosis.Status)}\n\n{diagnosis.Cause}\n");
        foreach (SourceProblem problem in diagnosis.Problems)
            AppendProblem(text, problem);
        foreach (Finding finding in diagnosis.Findings)
        {
            text.Append($"\n{NameOf(finding.Severity)}: {finding.Subject}: {finding.Cause}\n");
            if (finding.Advice is not null)
                text.Append($"  do: {finding.Advice}\n");
            if (finding.Command is not null)
                text.Append($"  run: {finding.Command}\n");
        }
        AppendOutput(text, "Standard error", diagnosis.StandardError ?? errors);
        AppendOutput(text, "Output instead of a header", diagnosis.Output);
        AppendOutput(text, RestOf(diagnosis), diagnosis.Rest);
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

    /// <summary>Two slashes, or a slash and a backslash, would begin the name of another host.</summary>
    private static string OnThisSite(string target) => "/" + target.TrimStart('/', '\\');

    private static string RestOf(Diagnosis diagnosis) => diagnosis.Build is null ? "Stack" : "Output of the compiler";

    /// <summary>Appends a line of source between its neighbours, and the failure.</summary>
    private static void AppendProblem(Html page, SourceProblem problem)
    {
        page.Raw("<section class=\"problem\">\n<h2><code>").Text(problem.File).Raw("</code> line ").Text($"{problem.Line}")
            .Raw("</h2>\n<p>").Text(problem.Message).Raw("</p>\n");
        if (problem.Excerpt is { } excerpt)
        {
            page.Raw("<pre class=\"source\" tabindex=\"0\">");
            for (int i = 0; i < excerpt.Lines.Count; i++)
            {
                bool isIt = excerpt.First + i == problem.Line;
                page.Raw(isIt ? "<mark>" : "").Text(Numbered(excerpt, i)).Raw(isIt ? "</mark>\n" : "\n");
            }
            page.Raw("</pre>\n");
        }
        page.Raw("</section>\n");
    }

    private static void AppendProblem(StringBuilder text, SourceProblem problem)
    {
        text.Append($"\n{problem.Place}: {problem.Message}\n");
        for (int i = 0; i < (problem.Excerpt?.Lines.Count ?? 0); i++)
            text.Append(problem.Excerpt!.First + i == problem.Line ? "> " : "  ").Append(Numbered(problem.Excerpt, i)).Append('\n');
    }

    private static string Numbered(SourceExcerpt excerpt, int i) => $"{excerpt.First + i,5}  {excerpt.Lines[i]}";

    /// <summary>Appends the script that loads the page anew when a compilation has ended, or its file has changed.</summary>
    private static void AppendReload(Html page, string what) =>
        page.Raw("<script src=\"/_shims/build.js\" data-events=\"/_shims/builds/").Text(what).Raw("\"></script>\n");

    private static void AppendOutput(StringBuilder page, string heading, string text)
    {
        if (text.Length > 0)
            page.Append($"\n{heading}:\n{text}\n");
    }

    private static void AppendOutput(Html page, string heading, string text)
    {
        if (text.Length > 0)
            page.Element("h2", heading).Raw("<pre tabindex=\"0\">").Text(text).Raw("</pre>\n");
    }
}

using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>The list of scripts, with doctor's worst finding about each.</summary>
internal sealed class IndexPage(Site site, ScriptVerdicts verdicts)
{
    /// <summary>The page for a directory.</summary>
    /// <param name="path">The path of the URL, decoded, with a slash at the end.</param>
    internal async Task<string> ToHtmlAsync(string path)
    {
        IReadOnlyList<SiteScript> scripts = SiteScripts.Find(site.Root, path.Trim('/'), [.. site.Extensions]);
        IReadOnlyList<Finding>[] findings = await Task.WhenAll(scripts.Select(FindingsAsync));
        Html page = new Html($"Scripts in {site.Title}")
            .Raw("<body class=\"sheet\">\n<main>\n<p class=\"kicker\">shimctl serve</p>\n<h1>Scripts</h1>\n<p>in <code>")
                .Text(site.Root + path)
            .Raw("</code>. <a href=\"/_shims/\">The inspector</a> shows their requests.</p>\n");
        if (scripts.Count == 0)
            page.Raw("<p>No scripts found: put one with execute permission into this directory, such as <code>hello.cgi</code>.</p>\n");
        string? folder = null;
        for (int i = 0; i < scripts.Count; i++)
        {
            string inside = Path.GetDirectoryName(scripts[i].Name)!;
            if (inside != folder)
            {
                page.Raw(folder is null ? "" : "</tbody>\n</table>\n").Element("h2", inside.Length == 0 ? "/" : inside + "/")
                    .Raw("<table class=\"scripts\">\n<thead><tr><th scope=\"col\">Script</th><th scope=\"col\">Run by</th>" +
                        "<th scope=\"col\">Checks</th></tr></thead>\n<tbody>\n");
            }
            folder = inside;
            AppendRow(page, scripts[i], findings[i]);
        }
        return page.Raw(folder is null ? "" : "</tbody>\n</table>\n").Raw("</main>\n</body>\n").ToString();
    }

    private Task<IReadOnlyList<Finding>> FindingsAsync(SiteScript script) =>
        site.IsApp(script.Path) ? Task.FromResult<IReadOnlyList<Finding>>([]) : verdicts.RecallAsync(script.Path);

    private void AppendRow(Html page, SiteScript script, IReadOnlyList<Finding> findings)
    {
        page.Raw("<tr><td><a href=\"").Text(script.Url).Raw("\">").Text(Path.GetFileName(script.Name)).Raw("</a></td>")
            .Raw("<td class=\"faint\">").Text(site.RunnerOf(script.Path)).Raw("</td><td>");
        if (site.IsApp(script.Path))
        {
            page.Raw("<span class=\"faint\">compiled at the first request</span>");
        }
        else
        {
            // Only the worst finding; the error page of the script lists all of them.
            Finding? worst = findings.MaxBy(finding => finding.Severity);
            string name = DiagnosisPage.NameOf(worst?.Severity ?? Severity.Good);
            page.Raw($"<span class=\"mark {name}\">{name}</span>");
            if (worst is { Severity: > Severity.Good })
            {
                page.Raw(" ").Text(worst.Cause).Raw(worst.Command is null ? "" : " <code>").Text(worst.Command ?? "")
                    .Raw(worst.Command is null ? "" : "</code>");
            }
            else
                page.Raw(" <span class=\"faint\">checked without running it</span>");
        }
        page.Raw("</td></tr>\n");
    }
}

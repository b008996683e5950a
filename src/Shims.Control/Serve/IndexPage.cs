using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>The list of scripts, with doctor's verdict beside each.</summary>
internal sealed class IndexPage(Site site, ScriptVerdicts verdicts)
{
    /// <summary>The page for a directory.</summary>
    /// <param name="path">Of the URL, decoded; ends in a slash.</param>
    internal async Task<string> ToHtmlAsync(string path)
    {
        IReadOnlyList<SiteScript> scripts = SiteScripts.Find(site.Root, path.Trim('/'));
        IReadOnlyList<Finding>[] findings = await Task.WhenAll(scripts.Select(script => site.IsApp(script.Path) ? Task.FromResult<IReadOnlyList<Finding>>([]) : verdicts.RecallAsync(script.Path)));
        Html page = new Html($"Scripts in {site.Title}").Raw("<body class=\"sheet\">\n<main>\n<p class=\"kicker\">shimctl serve</p>\n<h1>Scripts</h1>\n<p>in <code>").Text(site.Root + path)
            .Raw("</code>. What requests do shows <a href=\"/_shims/\">the inspector</a>.</p>\n");
        if (scripts.Count == 0)
            page.Raw("<p>There are none here: put a script with execute permission into this directory, such as <code>hello.cgi</code>.</p>\n");
        string? folder = null;
        for (int i = 0; i < scripts.Count; i++)
        {
            string inside = Path.GetDirectoryName(scripts[i].Name)!;
            if (inside != folder)
                page.Raw(folder is null ? "" : "</tbody>\n</table>\n").Element("h2", inside.Length == 0 ? "/" : inside + "/")
                    .Raw("<table class=\"scripts\">\n<thead><tr><th scope=\"col\">Script</th><th scope=\"col\">Run by</th><th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n");
            folder = inside;
            AppendRow(page, scripts[i], findings[i]);
        }
        return page.Raw(folder is null ? "" : "</tbody>\n</table>\n").Raw("</main>\n</body>\n").ToString();
    }

    private void AppendRow(Html page, SiteScript script, IReadOnlyList<Finding> findings)
    {
        page.Raw("<tr><td><a href=\"").Text(script.Url).Raw("\">").Text(Path.GetFileName(script.Name)).Raw("</a></td><td class=\"faint\">").Text(site.RunnerOf(script.Path)).Raw("</td><td>");
        if (site.IsApp(script.Path))
        {
            page.Raw("<span class=\"faint\">compiled when it is asked for</span>");
        }
        else
        {
            // The worst decides; the page of a script that fails says it all.
            Finding? worst = findings.MaxBy(finding => finding.Severity);
            string name = DiagnosisPage.NameOf(worst?.Severity ?? Severity.Good);
            page.Raw($"<span class=\"mark {name}\">{name}</span>");
            if (worst is { Severity: > Severity.Good })
                page.Raw(" ").Text(worst.Cause).Raw(worst.Command is null ? "" : " <code>").Text(worst.Command ?? "").Raw(worst.Command is null ? "" : "</code>");
        }
        page.Raw("</td></tr>\n");
    }
}

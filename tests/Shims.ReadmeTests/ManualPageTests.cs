namespace Shims.ReadmeTests;

/// <summary>The manual pages as pages.</summary>
public sealed class ManualPageTests
{
    private static readonly string[] s_lastSections = ["EXIT STATUS", "EXAMPLES", "DIAGNOSTICS", "SEE ALSO", "STANDARDS", "BUGS"];

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public void A_page_ends_with_the_sections_that_readers_look_for(string program)
    {
        IReadOnlyList<string> sections = ManualPage.Of(program).Sections;
        Assert.Equal("NAME", sections[0]);
        Assert.Equal(s_lastSections, sections.TakeLast(s_lastSections.Length));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run"), InlineData("shimctl")]
    public void A_page_names_every_exit_status(string program)
    {
        foreach (int status in new[] { 0, 64, 71, 76 })
            Assert.Contains($"\n.It {status}\n", ManualPage.Of(program).Text);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run"), InlineData("shimctl"), InlineData("shim-dotnet"), InlineData("wsgi-run")]
    public void A_page_is_of_its_section_and_names_the_pages_of_the_other_programs(string program)
    {
        ManualPage page = ManualPage.Of(program);
        Assert.Contains($"\n.Dt {program.ToUpperInvariant()} {ManualPage.SectionOf(program)}\n", page.Text);
        string seeAlso = page.Text[page.Text.IndexOf(".Sh SEE ALSO", StringComparison.Ordinal)..];
        foreach (string other in new[] { "scgi-run", "fcgi-run", "uwsgi-run", "ajp-run", "shimctl", "shim-dotnet", "wsgi-run" })
            Assert.Equal(other != program, seeAlso.Contains($"\n.Xr {other} {ManualPage.SectionOf(other)}", StringComparison.Ordinal));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run"), InlineData("shimctl")]
    public async Task Groff_renders_it_without_a_warning(string program)
    {
        Requires.Tools("groff");
        Assert.Equal("", await LintAsync("groff", "-mandoc", "-ww", "-Tutf8", "-z", Repository.PathTo(ManualPage.Of(program).Path)));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run"), InlineData("shimctl")]
    public async Task Mandoc_finds_no_fault_with_it(string program)
    {
        Assert.SkipUnless(Tool.Exists("mandoc"), "needs mandoc");
        string findings = await LintAsync("mandoc", "-T", "lint", "-W", "style", Repository.PathTo(ManualPage.Of(program).Path));
        // Which other pages are installed is not this page's fault.
        Assert.DoesNotContain(findings.Split('\n'), line => line.Length > 0
            && !line.Contains("referenced manual not found", StringComparison.Ordinal) && !line.Contains("outdated mandoc.db", StringComparison.Ordinal));
    }

    private static async Task<string> LintAsync(string program, params string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf(program), Arguments = arguments });
        return result.OutputText + result.ErrorText;
    }
}

namespace Shims.ReadmeTests;

/// <summary>The options, in the three places where a user may look for them.</summary>
public sealed class OptionTests
{
    private const string Section = "Options";

    /// <summary>docs/how-it-runs.md has one table for all gateways.</summary>
    private static readonly Dictionary<string, OptionEntry> s_page = MarkdownFile.Read("docs/how-it-runs.md").Rows(Section).Skip(1).Select(Parse).ToDictionary(option => option.Name);

    [Fact]
    public async Task The_page_of_options_has_every_option_and_no_other()
    {
        var all = new HashSet<string>();
        foreach (string program in new[] { "scgi-run", "fcgi-run", "uwsgi-run", "ajp-run" })
            all.UnionWith((await HelpText.OptionsAsync(program)).Keys);
        Assert.Equal(all.Order(), s_page.Keys.Order());
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task The_manual_page_has_every_option_and_no_other(string program)
    {
        IReadOnlyDictionary<string, OptionEntry> help = await HelpText.OptionsAsync(program);
        Assert.Equal(help.Keys.Order(), ManualPage.Of(program).Options.Keys.Order());
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task All_places_say_the_same_default(string program)
    {
        IReadOnlyDictionary<string, OptionEntry> manual = ManualPage.Of(program).Options;
        foreach (OptionEntry option in (await HelpText.OptionsAsync(program)).Values)
        {
            Assert.True(option.Default == manual[option.Name].Default, $"{option.Name}: \"{option.Default}\" in --help, \"{manual[option.Name].Default}\" in {program}(8)");
            string onPage = s_page[option.Name].Default.Split(',')[0];
            Assert.True(option.Default == onPage, $"{option.Name}: \"{option.Default}\" in --help, \"{onPage}\" in docs/how-it-runs.md");
        }
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task All_places_say_what_an_option_takes(string program)
    {
        IReadOnlyDictionary<string, OptionEntry> manual = ManualPage.Of(program).Options;
        foreach (OptionEntry option in (await HelpText.OptionsAsync(program)).Values)
        {
            OptionEntry inManual = manual[option.Name], onPage = s_page[option.Name];
            if (option.Choices.Count == 0)
            {
                Assert.True(option.Value == inManual.Value && option.Value == onPage.Value,
                    $"{option.Name} takes \"{option.Value}\" in --help, \"{inManual.Value}\" in {program}(8), \"{onPage.Value}\" in docs/how-it-runs.md");
                continue;
            }
            Assert.Equal(option.Choices, inManual.Choices);
            Assert.All(option.Choices, choice => Assert.Contains($"`{choice}`", onPage.Text));
        }
    }

    private static OptionEntry Parse(string[] cells)
    {
        string[] words = cells[0].Trim('`').Split(' ', 2);
        return new OptionEntry(words[0], words.Length > 1 ? words[1] : "", cells[1], cells.Length > 2 ? cells[2] : "");
    }
}

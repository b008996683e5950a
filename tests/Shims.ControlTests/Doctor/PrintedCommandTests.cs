using Shims.Control.Doctor;
using Shims.Control.Servers;
using Shims.Control.Terminal;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Every command that doctor prints can be pasted by root: it mends what it says, and nothing else happens, whatever scripts, visitors and names of files say.</summary>
public sealed class PrintedCommandTests : IClassFixture<DoctorPrograms>
{
    /// <summary>Names that somebody may give to a file or a folder so that a command becomes another one.</summary>
    private static readonly string[] s_names =
    [
        "plain", "it's \"a\" site", "$(touch PWNED)", "x\n1e touch PWNED #", "`touch PWNED`;touch PWNED;", "-rf", "\e[31mred\a", "a\u202Eb\u200B", "a\tb", "* ? [x]", "~ # ! %s &", "|touch PWNED", "\\n1e touch PWNED",
        "a.cgi\n  error    it is not readable\n    run    touch PWNED\n\nb", "''", "é 世", "#", "{a,b}", "x\rPWNED",
    ];

    private readonly DoctorPrograms _programs;

    public PrintedCommandTests(DoctorPrograms programs)
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        Requires.Tools("setfacl", "perl", "python3", "runuser", "setsid");
        _programs = programs;
    }

    [Fact, Trait("fault", "H2"), Trait("fault", "H3"), Trait("fault", "D3"), Trait("fault", "F05"), Trait("fault", "A07"), Trait("fault", "A08")]
    public async Task A_command_mends_what_it_says_and_changes_nothing_else()
    {
        var without = new List<string>();
        foreach (Breakage breakage in Breakage.All)
            await TryAsync(breakage, "a plain site", "x.cgi", without);
        Assert.Equal(Breakage.All.Where(breakage => !breakage.HasCure).Select(breakage => breakage.Name), without);
    }

    [Fact, Trait("fault", "H3"), Trait("fault", "H4")]
    public async Task Names_with_commands_in_them_run_none()
    {
        string[] names = s_names;
        // Each name once in an ordinary run, with one breakage after the other.
        int count = TestExtent.Of(names.Length, names.Length * Breakage.All.Count);
        for (int i = 0; i < count; i++)
        {
            string name = names[i % names.Length];
            Breakage breakage = Breakage.All[(i + i / names.Length) % Breakage.All.Count];
            await TryAsync(breakage, name, "x.cgi", []);
            await TryAsync(breakage, "site", $"{name}.cgi", []);
        }
    }

    [Fact, Trait("fault", "H4")]
    public void A_report_cannot_be_forged_by_names_and_obeys_none()
    {
        using var box = new Sandbox("site");
        foreach (string name in s_names)
            File.SetUnixFileMode(box.Script($"{name}.cgi", "#!/bin/sh\n"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        using var output = new StringWriter();
        var report = new DoctorReport(output, new TerminalStyle(isColoured: false));
        Finding[] findings = [.. Examinations.ExamineAll([box.Site], Settings() with { MayRun = false })];
        Array.ForEach(findings, report.Write);
        string printed = output.ToString();
        Assert.DoesNotContain(printed.Replace("\n", "", StringComparison.Ordinal), character => char.IsControl(character) || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.Format);
        Assert.DoesNotContain(printed.Split('\n'), line => line.StartsWith("    run    touch", StringComparison.Ordinal) || line == "b.cgi");
        // A command with a name in it that is not shown as it is would be another one when it is pasted.
        Assert.All(findings.Where(finding => finding.Command is not null), finding => Assert.True(VisibleText.IsVisible(finding.Command!)));
        string json = FindingJson.Serialize(findings);
        Assert.DoesNotContain(json.Replace("\n", "", StringComparison.Ordinal), character => char.IsControl(character) || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.Format);
    }

    private DoctorSettings Settings() => new()
    {
        User = UserAccount.Find("nobody")!,
        IsUserNamed = true,
        IsGatewayNamed = true,
        Gateway = [Path.Combine(_programs.Folder, "scgi-run"), "--stderr", "inherit"],
        Patience = TimeSpan.FromSeconds(60),
    };

    /// <summary>Breaks, asks, runs all commands in their order, looks at what has changed, and asks again.</summary>
    private async Task TryAsync(Breakage breakage, string site, string name, List<string> without)
    {
        using var box = new Sandbox(site);
        string what = breakage.Break(box, name), told = $"{breakage} in {VisibleText.Of(site)}/{VisibleText.Of(name)}: ";
        Finding[] problems = Problems(what);
        Assert.True(problems.Length > 0, told + "nothing was found");
        if (!Array.Exists(problems, problem => problem.Command is not null))
            without.Add(breakage.Name);
        foreach (Finding problem in problems.Where(problem => problem.Command is not null))
        {
            SortedDictionary<string, string> before = box.Look();
            Dictionary<string, Access> others = before.Keys.ToDictionary(path => path, Sandbox.OfOthers);
            LaunchResult result = await box.RunAsync(problem.Command!);
            Assert.True(result.ExitCode == 0, $"{told}{problem.Command}: {result.ErrorText}");
            Assert.False(box.IsTakenOver, $"{told}{problem.Command}");
            string[] changed = [.. box.Look().Where(pair => before.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => pair.Key), .. before.Keys.Except(box.Look().Keys)];
            Assert.True(changed.Length <= 1 && changed.All(path => path.StartsWith(box.Site, StringComparison.Ordinal)), $"{told}{problem.Command} has changed {string.Join(", ", changed)}");
            foreach ((string path, Access access) in others)
            {
                // Nobody may do more with a file by its mode than before, except to run what everybody may read.
                Access more = Sandbox.OfOthers(path) & ~access;
                Assert.True(more == Access.None || (more == Access.Execute && access.HasFlag(Access.Read)), $"{told}{problem.Command} lets others {more} {path}");
            }
        }
        Assert.All(box.Told, line => Assert.Matches(@"^(apt-get (update|install -y -- [a-z0-9][a-z0-9+.-]+)|service \S+ \S+|systemctl .*|sudo (shimctl|journalctl) .*)\z", line));
        string[] causes = [.. Problems(what).Select(problem => problem.Cause)];
        Assert.All(problems.Where(problem => problem.Command?.StartsWith("apt-get", StringComparison.Ordinal) == false), problem => Assert.DoesNotContain(problem.Cause, causes));
    }

    private Finding[] Problems(string what) => [.. Examinations.ExamineAll([what], Settings()).Where(finding => finding.Severity != Severity.Good)];
}

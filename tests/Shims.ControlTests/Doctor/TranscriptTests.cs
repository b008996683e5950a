using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>The report of doctor in docs/troubleshooting.md is the one that doctor prints.</summary>
public sealed partial class TranscriptTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_page_on_troubleshooting_shows_the_report_that_doctor_prints()
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        string page = await File.ReadAllTextAsync(Repository.PathTo("docs/troubleshooting.md"), TestContext.Current.CancellationToken);
        string shown = Transcript().Match(page).Groups[1].Value;
        _folder.WriteScript("hello.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nHello, world!\\n'\n");
        _folder.WriteScript("report.pl", "#!/usr/bin/perl\nuse Shop::Report;\nprint Shop::Report::page();\n");
        _folder.Write("lib/Shop/Report.pm", "package Shop::Report; 1;\n");
        _folder.Write("stats.cgi", "#!/bin/sh\n");
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Path.Combine(programs.Folder, "shimctl"),
            // The page's machine has a journal.
            Arguments = ["doctor", "--user", "nobody", "--gateway", "scgi-run --stderr inherit", _folder.Path + "/"],
        });
        string printed = Milliseconds().Replace(result.OutputText.Replace(_folder.Path, "/srv/cgi-bin", StringComparison.Ordinal), "in N ms");
        Assert.Equal(Milliseconds().Replace(shown, "in N ms"), printed);
    }

    [Fact]
    public async Task The_page_on_shimctl_shows_the_finding_that_doctor_prints_of_two_sockets()
    {
        string shown = Finding().Match(await File.ReadAllTextAsync(Repository.PathTo("docs/shimctl.md"), TestContext.Current.CancellationToken)).Groups[1].Value;
        string superServer = _folder.Write("etc/inetd.conf", ExampleFile.Read("inetd-examples/scgi-run.conf").Text);
        string site = ExampleFile.Read("nginx-examples/scgi.conf").Text;
        int socket = site.IndexOf("scgi.sock", StringComparison.Ordinal);
        string webServer = _folder.Write("etc/nginx/conf.d/scgi.conf", site[..socket] + "scg.sock" + site[(socket + "scgi.sock".Length)..]);
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Path.Combine(programs.Folder, "shimctl"), Arguments = ["doctor", "--no-run", superServer, webServer] });
        Assert.NotEmpty(shown);
        Assert.Contains(shown, result.OutputText.Replace(_folder.Path, "", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^```text\n(/etc/nginx/.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Finding();

    [GeneratedRegex(@"^\$ sudo shimctl doctor --user www-data /srv/cgi-bin/\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Transcript();

    [GeneratedRegex(@"in \d+ ms")]
    private static partial Regex Milliseconds();
}

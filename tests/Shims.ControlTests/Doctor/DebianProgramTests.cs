using Shims.Control.Doctor;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>CGI programs of Debian's packages that are set up rightly: nothing is wrong with them.</summary>
/// <remarks>Not all of these packages are among the prerequisites, because of what they bring: mail servers and databases. Where one is installed, its test runs.</remarks>
public sealed class DebianProgramTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    private const string WebUser = "www-data";

    [Fact]
    public async Task Awstats_is_well()
    {
        Requires.That(File.Exists(AwstatsSite.Program), AwstatsSite.Program);
        using var folder = new TemporaryFolder();
        await AwstatsSite.MakeAsync(folder, hits: 20, programUrl: "/awstats");
        // A program finds the configuration of the site that is asked for beside itself.
        File.Move(folder.PathTo("awstats/awstats.shims.example.conf"), folder.PathTo("awstats/awstats.localhost.conf"));
        string program = folder.WriteScript("awstats/awstats.pl", File.ReadAllText(AwstatsSite.Program));
        await Command.RunAsync("chown", ["-R", WebUser, folder.PathTo("awstats")]);
        AssertWell(program);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Gitweb_is_well_with_repositories_and_without(bool hasRepository)
    {
        const string program = "/usr/lib/cgi-bin/gitweb.cgi";
        Requires.That(File.Exists(program), program);
        using var folder = new TemporaryFolder();
        string root = await MakeRepositoryAsync(folder, hasRepository);
        AssertWell(program, $"GITWEB_CONFIG={folder.Write("gitweb.conf", $"$projectroot = '{root}';\n")}");
    }

    [Fact]
    public async Task Gitweb_whose_repositories_are_closed_is_told_so()
    {
        const string program = "/usr/lib/cgi-bin/gitweb.cgi";
        Requires.That(File.Exists(program), program);
        using var folder = new TemporaryFolder();
        string configuration = folder.Write("gitweb.conf", $"$projectroot = '{await MakeRepositoryAsync(folder, hasRepository: true)}';\n");
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead);
        // It says nothing of that itself: its page is a 404, of the script's own.
        Assert.Contains(Examine(program, $"GITWEB_CONFIG={configuration}"), finding => finding.Cause.EndsWith("; the status is the script's own", StringComparison.Ordinal) || finding.Severity == Severity.Error);
    }

    [Fact]
    public async Task Cgit_is_well()
    {
        const string program = "/usr/lib/cgit/cgit.cgi";
        Requires.That(File.Exists(program), program);
        using var folder = new TemporaryFolder();
        string root = await MakeRepositoryAsync(folder, hasRepository: true);
        AssertWell(program, $"CGIT_CONFIG={folder.Write("cgitrc", $"cache-size=0\nscan-path={root}\n")}");
    }

    [Fact]
    public void Hgweb_is_well()
    {
        const string example = "/usr/share/doc/mercurial-common/examples/hgweb.cgi";
        NeedsPackage(example, "mercurial");
        using var folder = new TemporaryFolder();
        string configuration = folder.Write("hgweb.config", $"[paths]\n/ = {folder.MakeFolder("hg")}/*\n");
        AssertWell(folder.WriteScript("hgweb.cgi", File.ReadAllText(example).Replace("/path/to/repo/or/config", configuration, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Munin_is_well()
    {
        const string program = "/usr/lib/munin/cgi/munin-cgi-graph";
        NeedsPackage(program, "munin");
        using var folder = new TemporaryFolder();
        string own = folder.MakeFolder("munin"), configuration = folder.Write("munin/munin.conf", string.Concat(new[] { "dbdir", "htmldir", "logdir", "rundir", "cgitmpdir" }.Select(name => $"{name} {folder.Path}/munin\n")));
        await Command.RunAsync("perl", ["-MStorable", "-e", "Storable::nstore({version => '2.0'}, shift)", $"{own}/datafile.storable"]);
        await Command.RunAsync("chown", ["-R", WebUser, own]);
        AssertWell(program, $"MUNIN_CONFIG={configuration}");
    }

    [Fact]
    public async Task Smokeping_is_well()
    {
        const string program = "/usr/share/smokeping/smokeping.cgi", etc = "/etc/smokeping/config";
        NeedsPackage(program, "smokeping");
        using var folder = new TemporaryFolder();
        string paths = "";
        foreach (string line in File.ReadAllLines($"{etc}.d/pathnames"))
        {
            string name = line.Split('=')[0].Trim();
            paths += name is "imgcache" or "datadir" or "piddir" or "dyndir" ? $"{name} = {folder.MakeFolder($"own/{name}")}\n" : $"{line}\n";
        }
        string general = folder.Write("General", File.ReadAllText($"{etc}.d/General").Replace($"{etc}.d/pathnames", folder.Write("pathnames", paths), StringComparison.Ordinal));
        string configuration = folder.Write("config", File.ReadAllText(etc).Replace($"{etc}.d/General", general, StringComparison.Ordinal));
        await Command.RunAsync("chown", ["-R", WebUser, folder.PathTo("own")]);
        AssertWell(folder.WriteScript("smokeping.cgi", $"#!/bin/sh\nexec {program} {configuration}\n"));
    }

    [Theory, InlineData("status.cgi"), InlineData("tac.cgi"), InlineData("config.cgi"), InlineData("objectjson.cgi")]
    public void Nagios_is_well(string name)
    {
        string program = $"/usr/lib/cgi-bin/nagios4/{name}";
        NeedsPackage(program, "nagios4-cgi");
        AssertWell(program, "REMOTE_USER=nagiosadmin");
    }

    [Fact]
    public async Task Ikiwiki_whose_wrapper_is_set_id_is_well()
    {
        NeedsPackage("/usr/bin/ikiwiki", "ikiwiki");
        Requires.Tools("cc");
        using var folder = new TemporaryFolder();
        folder.Write("source/index.mdwn", "works\n");
        File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        folder.MakeFolder("html");
        await Command.RunAsync("chown", ["-R", "games:games", folder.Path]);
        await Command.RunAsync("setpriv", ["--reuid=games", "--regid=games", "--clear-groups", "ikiwiki", "--wrapper", folder.PathTo("ikiwiki.cgi"), "--wrappermode", "06755", "--cgi",
            "--url", "http://a.test/", "--cgiurl", "http://a.test/ikiwiki.cgi", folder.PathTo("source"), folder.PathTo("html")], environment: ["HOME=" + folder.Path, "PATH=/usr/bin:/bin"]);
        AssertWell(folder.PathTo("ikiwiki.cgi"));
    }

    [Fact]
    public void BackupPC_which_is_set_id_is_well()
    {
        const string program = "/usr/lib/backuppc/cgi-bin/index.cgi";
        NeedsPackage(program, "backuppc");
        AssertWell(program, "REMOTE_USER=backuppc");
    }

    private static void NeedsPackage(string file, string package) => Assert.SkipUnless(File.Exists(file), $"needs {file}: apt-get install --no-install-recommends {package}");

    private void AssertWell(string script, params string[] variables)
    {
        Finding[] findings = Examine(script, variables);
        Assert.True(Array.TrueForAll(findings, finding => finding.Severity == Severity.Good), string.Join('\n', findings.AsEnumerable()));
        Assert.Contains(findings, finding => finding.Cause.StartsWith("responds with ", StringComparison.Ordinal));
    }

    private Finding[] Examine(string script, params string[] variables)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { User = Identity.Find(WebUser)!, Gateway = [.. examined.Settings.Gateway, .. variables.SelectMany(variable => new[] { "--env", variable })] };
        return examined.LookAt(script);
    }

    private static async Task<string> MakeRepositoryAsync(TemporaryFolder folder, bool hasRepository)
    {
        string root = folder.MakeFolder("git");
        if (hasRepository)
            await Command.RunAsync("git", ["init", "-q", "--bare", $"{root}/project.git"]);
        await Command.RunAsync("chown", ["-R", WebUser, root]);
        return root;
    }
}

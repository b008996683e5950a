using Shims.Control.Doctor;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>CGI programs of Debian's packages that are set up rightly: nothing is wrong with them.</summary>
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
        Requires.Tools("hg");
        using var folder = new TemporaryFolder();
        string configuration = folder.Write("hgweb.config", $"[paths]\n/ = {folder.MakeFolder("hg")}/*\n");
        // The example of the package: its file is missing where documentation is not installed.
        AssertWell(folder.WriteScript("hgweb.cgi", $$"""
            #!/usr/bin/python3
            from mercurial import demandimport; demandimport.enable()
            from mercurial.hgweb import hgweb, wsgicgi
            application = hgweb(b"{{configuration}}")
            wsgicgi.launch(application)
            """));
    }

    [Fact]
    public async Task Munin_is_well()
    {
        const string program = "/usr/lib/munin/cgi/munin-cgi-graph";
        Requires.That(File.Exists(program), program);
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
        Requires.That(File.Exists(program), program);
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
    public async Task Nagios_is_well(string name)
    {
        const string daemon = "/usr/sbin/nagios4";
        string program = $"/usr/lib/cgi-bin/nagios4/{name}";
        Requires.That(File.Exists(program), program);
        Requires.That(File.Exists(daemon), daemon);
        using var folder = new TemporaryFolder();
        string own = folder.MakeFolder("nagios"), configuration = await ConfigureNagiosAsync(folder, own);
        // Its pages read what the daemon has written. It removes the status when it ends.
        await using (LaunchedProgram running = Launcher.Start(new Launch
        {
            Program = Tool.PathOf("setpriv"),
            Arguments = ["--reuid=nagios", "--regid=nagios", "--clear-groups", daemon, configuration],
        }.WithEnvironment()))
        {
            await Patience.UntilAsync(() => File.Exists($"{own}/status.dat"), "the status of Nagios");
            File.Copy($"{own}/status.dat", $"{own}/kept.dat");
        }
        File.Move($"{own}/kept.dat", $"{own}/status.dat", overwrite: true);
        string pages = string.Join('\n', File.ReadLines("/etc/nagios4/cgi.cfg").Select(line => line.StartsWith("main_config_file=", StringComparison.Ordinal) ? $"main_config_file={configuration}" : line));
        AssertWell(program, "REMOTE_USER=nagiosadmin", $"NAGIOS_CGI_CONFIG={folder.Write("cgi.cfg", pages)}");
    }

    /// <summary>The package's configuration, with a folder of the test's for what the daemon writes.</summary>
    private static async Task<string> ConfigureNagiosAsync(TemporaryFolder folder, string own)
    {
        var places = new Dictionary<string, string>
        {
            ["object_cache_file"] = "objects.cache",
            ["precached_object_file"] = "objects.precache",
            ["status_file"] = "status.dat",
            ["check_result_path"] = "",
            ["log_file"] = "nagios.log",
            ["log_archive_path"] = "",
            ["temp_path"] = "",
            ["temp_file"] = "temporary",
            ["lock_file"] = "lock",
            ["command_file"] = "command",
            ["state_retention_file"] = "retention.dat",
        };
        IEnumerable<string> lines = File.ReadLines("/etc/nagios4/nagios.cfg").Where(line => !places.ContainsKey(line.Split('=')[0]))
            .Concat(places.Select(place => $"{place.Key}={own}/{place.Value}"));
        File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        await Command.RunAsync("chown", ["nagios:www-data", own]);
        return folder.Write("nagios.cfg", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public async Task Ikiwiki_whose_wrapper_is_set_id_is_well()
    {
        Requires.That(File.Exists("/usr/bin/ikiwiki"), "/usr/bin/ikiwiki");
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
        Requires.That(File.Exists(program), program);
        AssertWell(program, "REMOTE_USER=backuppc");
    }

    private void AssertWell(string script, params string[] variables)
    {
        Finding[] findings = Examine(script, variables);
        Assert.True(Array.TrueForAll(findings, finding => finding.Severity == Severity.Good), string.Join('\n', findings.AsEnumerable()));
        Assert.Contains(findings, finding => finding.Cause.StartsWith("responds with ", StringComparison.Ordinal));
    }

    private Finding[] Examine(string script, params string[] variables)
    {
        using var examined = new Examined(programs);
        examined.Settings = examined.Settings with { User = UserAccount.Find(WebUser)!, Gateway = [.. examined.Settings.Gateway, .. variables.SelectMany(variable => new[] { "--env", variable })] };
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

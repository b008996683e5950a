namespace Shims.PackageTests;

/// <summary>The packages for Debian and Ubuntu: what is in them, what lintian says, and what they do to a machine.</summary>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class DebianPackageTests(Distribution distribution)
{
    private static readonly string[] s_packages = ["shims", "shims-dotnet", "shimctl"];

    public static TheoryData<string> Packages => [.. s_packages];

    [Fact]
    public async Task The_package_shims_has_gateways_manuals_units_and_examples_in_their_places()
    {
        string[] files = await FilesAsync("shims");
        Assert.Empty(new[]
        {
            "./usr/libexec/scgi-run", "./usr/libexec/wsgi-run", "./usr/share/man/man8/scgi-run.8.gz", "./usr/share/man/man1/wsgi-run.1.gz", "./usr/lib/systemd/system/scgi-run.socket",
            "./usr/lib/systemd/system/scgi-run@.service", "./usr/lib/tmpfiles.d/shims.conf", "./usr/lib/sysusers.d/shims.conf", "./usr/share/shims/inetd-examples/scgi-run.conf", "./usr/share/doc/shims/copyright",
        }.Except(files));
        Assert.DoesNotContain(files, file => file.StartsWith("./etc/", StringComparison.Ordinal) || file.StartsWith("./usr/local/", StringComparison.Ordinal) || file.StartsWith("./run/", StringComparison.Ordinal));
        using var folder = await UnpackAsync("shims");
        Assert.Contains("/usr/libexec/scgi-run", await File.ReadAllTextAsync(folder.PathTo("usr/share/shims/inetd-examples/scgi-run.conf"), TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(Packages))]
    public async Task A_package_has_notices_copyright_changelog_and_a_list_for_each_of_its_programs(string package)
    {
        string[] files = await FilesAsync(package);
        string folder = $"./usr/share/doc/{package}/";
        // debhelper compresses what is long.
        Assert.Contains(files, file => file.StartsWith($"{folder}THIRD-PARTY-NOTICES.txt", StringComparison.Ordinal));
        Assert.Contains($"{folder}copyright", files);
        Assert.Contains($"{folder}changelog.gz", files);
        string[] programs = [.. files.Where(file => file.StartsWith("./usr/libexec/", StringComparison.Ordinal)).Select(Path.GetFileName).OfType<string>().Where(name => name is not ("" or "wsgi-run" or "libMonoPosixHelper.so"))];
        Assert.NotEmpty(programs);
        Assert.All(programs, program => Assert.Contains(files, file => file.StartsWith($"{folder}{program}.cdx.json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_package_with_static_programs_says_what_they_were_built_with_and_shimctl_what_it_needs()
    {
        foreach (string package in new[] { "shims", "shims-dotnet" })
        {
            Assert.Matches(@"gcc-\d+ \(= \S+\), glibc \(= \S+\)", await FieldAsync(package, "Built-Using"));
            Assert.DoesNotContain("libc6", await FieldAsync(package, "Depends"));
        }
        Assert.Matches(@"libc6 \(>= 2\.\d+\), zlib1g", await FieldAsync("shimctl", "Depends"));
    }

    [Theory, MemberData(nameof(Packages))]
    public async Task Lintian_has_no_error_and_no_warning(string package)
    {
        distribution.Require();
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf("lintian"), Arguments = ["--allow-root", "--fail-on=error,warning", Distribution.Debian(package)] }.WithEnvironment(Distribution.Surroundings));
        Assert.Equal("", result.OutputText + result.ErrorText);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory, MemberData(nameof(Packages))]
    public async Task Every_override_of_lintian_has_its_reason_above_it(string package)
    {
        using var folder = await UnpackAsync(package);
        string[] lines = await File.ReadAllLinesAsync(folder.PathTo($"usr/share/lintian/overrides/{package}"), TestContext.Current.CancellationToken);
        for (int index = 0; index < lines.Length; index++)
            Assert.True(lines[index].StartsWith('#') || (index > 0 && lines[index - 1].StartsWith('#')), lines[index]);
    }

    [Fact]
    public async Task Installation_enables_nothing_and_purge_leaves_nothing()
    {
        distribution.Require();
        Requires.Place(await ThrowAwayMachine.IsPossibleAsync(), "root, and namespaces");
        string output = await ThrowAwayMachine.RunAsync($$"""
            list() { (cd / && find etc usr/lib/systemd usr/lib/tmpfiles.d usr/lib/sysusers.d usr/libexec usr/share/shims usr/share/doc/shim* usr/bin usr/sbin run -xdev ! -type d 2>/dev/null | grep -v -e '^etc/ld.so.cache' -e '^etc/.*-$' -e '^etc/.pwd.lock'; cat /etc/group) | LC_ALL=C sort; }
            list >/tmp/before
            dpkg -i {{Distribution.Debian("shims")}} {{Distribution.Debian("shims-dotnet")}} {{Distribution.Debian("shimctl")}} >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
            echo "group: $(getent group shims | cut -d : -f 1)"
            echo "folder: $(stat -c '%A %U %G' /run/shims)"
            echo "enabled: $(find /etc/systemd -name '*-run*' | wc -l)"
            printf '24:CONTENT_LENGTH\0000\0SCGI\0001\0,' | /usr/libexec/scgi-run /usr/share/shims/inetd-examples/cgi-bin/hello.cgi | tail -n 1
            shimctl --version
            dpkg -i {{Distribution.Debian("shims")}} >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
            dpkg -r shims >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
            dpkg -P shims shims-dotnet shimctl >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
            list >/tmp/after
            echo "left:"
            diff /tmp/before /tmp/after || :
            """);
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(["group: shims", "folder: drwxr-x--- root shims", "enabled: 0", "Hello, world!"], lines[..4]);
        Assert.StartsWith($"shimctl {Distribution.Version}", lines[4]);
        Assert.Equal(["left:"], lines[5..]);
    }

    [Fact]
    public async Task Removal_stops_sockets_and_requests_and_an_upgrade_stops_neither()
    {
        using var folder = new TemporaryFolder();
        distribution.Require();
        await Command.RunAsync("dpkg-deb", ["--control", Distribution.Debian("shims"), folder.PathTo("control")]);
        string script = await File.ReadAllTextAsync(folder.PathTo("control/prerm"), TestContext.Current.CancellationToken);
        string postinst = await File.ReadAllTextAsync(folder.PathTo("control/postinst"), TestContext.Current.CancellationToken);
        // A machine whose process 1 is systemd, and whose systemctl notes what it is told.
        folder.WriteScript("commands/deb-systemd-invoke", $"#!/bin/sh\necho \"$*\" >>{folder.PathTo("calls")}\n");
        folder.WriteScript("commands/systemctl", "#!/bin/sh\n");
        folder.WriteScript("prerm", script.Replace("/run/systemd/system", folder.MakeFolder("systemd"), StringComparison.Ordinal));
        async Task<string> CallsAsync(params string[] arguments)
        {
            folder.Write("calls", "");
            await Command.RunAsync(folder.PathTo("prerm"), arguments, environment: [$"PATH={folder.PathTo("commands")}:/usr/bin:/bin"]);
            return File.ReadAllText(folder.PathTo("calls"));
        }
        string removal = await CallsAsync("remove");
        Assert.All(Units.Sockets, socket => Assert.Matches($@"\bstop\b.*\b{socket}", removal));
        Assert.Contains("stop scgi-run@*.service", removal);
        Assert.True(removal.IndexOf("scgi-run.socket", StringComparison.Ordinal) < removal.IndexOf("scgi-run@*", StringComparison.Ordinal), removal);
        Assert.Equal("", await CallsAsync("upgrade", "9.9.9"));
        Assert.DoesNotContain("deb-systemd-invoke restart", postinst);
    }

    private async Task<string[]> FilesAsync(string package)
    {
        distribution.Require();
        string list = await Command.RunAsync("dpkg-deb", ["--contents", Distribution.Debian(package)]);
        Assert.All(list.TrimEnd().Split('\n'), line => Assert.Contains(" root/root ", line));
        return [.. list.TrimEnd().Split('\n').Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries)[5].Split(" -> ")[0])];
    }

    private async Task<string> FieldAsync(string package, string name)
    {
        distribution.Require();
        return await Command.RunAsync("dpkg-deb", ["--field", Distribution.Debian(package), name]);
    }

    private async Task<TemporaryFolder> UnpackAsync(string package)
    {
        distribution.Require();
        var folder = new TemporaryFolder();
        await Command.RunAsync("dpkg-deb", ["--extract", Distribution.Debian(package), folder.Path]);
        return folder;
    }
}

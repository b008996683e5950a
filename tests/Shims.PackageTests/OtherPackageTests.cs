namespace Shims.PackageTests;

/// <summary>The packages for RPM, the archive, and the sums of all.</summary>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class OtherPackageTests(Distribution distribution)
{
    [Theory, InlineData("shims"), InlineData("shims-dotnet"), InlineData("shimctl")]
    public async Task A_package_of_RPM_has_the_files_of_the_package_of_Debian(string package)
    {
        distribution.Require();
        string[] rpm = (await RpmAsync("-qpl", package)).TrimEnd().Split('\n');
        string[] debian = [.. (await Command.RunAsync("dpkg-deb", ["--contents", Distribution.Debian(package)])).TrimEnd().Split('\n')
            .Where(line => line[0] != 'd').Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries)[5].Split(" -> ")[0][1..]).Where(file => !file.Contains("/lintian/", StringComparison.Ordinal))];
        Assert.Equal(debian.Order(StringComparer.Ordinal), rpm.Order(StringComparer.Ordinal));
        Assert.All((await RpmAsync("-qp", package, "--qf", "[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]")).TrimEnd().Split('\n'), owner => Assert.Equal("root:root", owner));
    }

    [Fact]
    public async Task A_package_of_RPM_names_version_license_and_what_it_needs_and_stops_what_runs_when_it_goes()
    {
        distribution.Require();
        Assert.Equal($"shims {Distribution.Version} {Distribution.Machine.Rpm} MIT AND LGPL-2.1-or-later AND GPL-3.0-or-later WITH GCC-exception-3.1", await RpmAsync("-qp", "shims", "--qf", "%{NAME} %{VERSION} %{ARCH} %{LICENSE}"));
        string needed = await RpmAsync("-qpR", "shimctl");
        Assert.Matches(@"libc\.so\.6\(GLIBC_2\.\d+\)\(64bit\)", needed);
        Assert.Contains("libz.so.1()(64bit)", needed);
        Assert.DoesNotContain("libc.so.6", await RpmAsync("-qpR", "shims"));
        string scripts = await RpmAsync("-qp", "shims", "--scripts");
        Assert.All(Units.Sockets, socket => Assert.Contains(socket, scripts));
        Assert.DoesNotContain("systemctl enable", scripts);
        Assert.Contains("groupadd -r shims", scripts);
    }

    [Fact]
    public async Task The_archive_installs_and_uninstalls_without_a_compiler()
    {
        distribution.Require();
        using var folder = new TemporaryFolder();
        await Command.RunAsync("tar", ["-C", folder.Path, "-xzf", Distribution.Archive]);
        string unpacked = folder.PathTo($"shims-{Distribution.Version}-{Distribution.Machine.Runtime}"), prefix = folder.PathTo("prefix");
        // A machine with these programs, and no other.
        string commands = folder.MakeFolder("commands");
        foreach (string tool in new[] { "sh", "sed", "find", "sort", "mkdir", "dirname", "readlink", "cp", "mv", "ln", "rm", "rmdir", "chmod", "cat" })
            File.CreateSymbolicLink(Path.Combine(commands, tool), Tool.PathOf(tool));
        await Command.RunAsync($"{unpacked}/install.sh", ["--prefix", prefix], environment: [$"PATH={commands}"]);
        Assert.StartsWith($"scgi-run {Distribution.Version}", await Command.RunAsync($"{prefix}/libexec/scgi-run", ["--version"]));
        Assert.StartsWith($"shimctl {Distribution.Version}", await Command.RunAsync($"{prefix}/bin/shimctl", ["--version"]));
        Assert.Contains($"{prefix}/libexec/scgi-run", await File.ReadAllTextAsync($"{prefix}/share/shims/inetd-examples/scgi-run.conf", TestContext.Current.CancellationToken));
        Assert.True(File.Exists($"{prefix}/share/doc/shims/THIRD-PARTY-NOTICES.txt"));
        await Command.RunAsync($"{unpacked}/install.sh", ["--uninstall", $"--prefix={prefix}"], environment: [$"PATH={commands}"]);
        Assert.Empty(Directory.EnumerateFiles(prefix, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_sums_are_those_of_all_packages()
    {
        distribution.Require();
        await Command.RunAsync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], Distribution.PathTo(""));
        string[] files = [.. Directory.EnumerateFiles(Distribution.PathTo("")).Select(path => Path.GetFileName(path)).Where(name => name != "SHA256SUMS").Order(StringComparer.Ordinal)];
        Assert.Equal(files, File.ReadLines(Distribution.PathTo("SHA256SUMS")).Select(line => line.Split("  ")[1]).Order(StringComparer.Ordinal));
        foreach (string ending in new[] { ".deb", ".rpm", ".tar.gz", ".nupkg", ".snupkg" })
            Assert.Contains(files, file => file.EndsWith(ending, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_programs_give_the_same_packages()
    {
        distribution.Require();
        string sums = await File.ReadAllTextAsync(Distribution.PathTo("SHA256SUMS"), TestContext.Current.CancellationToken);
        // Seconds have passed since: a time of this machine would show.
        await Distribution.RunAsync("scripts/packages");
        Assert.Equal(sums, await File.ReadAllTextAsync(Distribution.PathTo("SHA256SUMS"), TestContext.Current.CancellationToken));
    }

    private static Task<string> RpmAsync(string query, string package, params string[] arguments) => Command.RunAsync("rpm", [query, .. arguments, Distribution.Rpm(package)]);
}

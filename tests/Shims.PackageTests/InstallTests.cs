namespace Shims.PackageTests;

/// <summary>`make install`, and install.sh of the archive: the same program.</summary>
public sealed class InstallTests
{
    [Fact]
    public async Task Files_are_installed_with_the_prefix_written_into_them_and_taken_away_again()
    {
        Requires.Tools("make");
        using var folder = new TemporaryFolder();
        await MakeAsync("install", folder);
        Assert.Contains("/opt/page/libexec/scgi-run", Text(folder, "share/shims/inetd-examples/scgi-run.conf"));
        Assert.Contains("/opt/page/libexec/scgi-run", Text(folder, "share/man/man8/scgi-run.8"));
        Assert.Contains("value=\"/opt/page/share/shims/packages\"", Text(folder, "share/shims/nuget.config"));
        string[] named = [.. Files(folder).Where(file => !IsForOthers(file) && File.ReadAllText(file).Contains("/usr/local/libexec", StringComparison.Ordinal) && !IsBinary(file))];
        Assert.Empty(named);
        Assert.Contains("/usr/local/libexec", Text(folder, "share/shims/inetd-examples/scgi-run.freebsd.conf"));

        await MakeAsync("uninstall", folder);
        Assert.Empty(Files(folder));
        Assert.False(Directory.Exists(folder.PathTo("opt/page/share/shims")));
    }

    [Fact]
    public async Task License_and_notices_are_installed_and_the_helper_library_has_no_symbols_of_its_own()
    {
        Requires.Tools("make", "readelf");
        using var folder = new TemporaryFolder();
        await MakeAsync("install", folder);
        Assert.Equal(await File.ReadAllTextAsync(Repository.PathTo("LICENSE"), TestContext.Current.CancellationToken), Text(folder, "share/doc/shims/LICENSE"));
        Assert.Contains("GNU LESSER GENERAL PUBLIC LICENSE", Text(folder, "share/doc/shims/THIRD-PARTY-NOTICES.txt"));
        string sections = await Command.RunAsync("readelf", ["--sections", "--wide", Place(folder, "libexec/libMonoPosixHelper.so")]);
        Assert.Contains(".dynsym", sections);
        Assert.DoesNotContain(".symtab", sections);
    }

    [Fact]
    public async Task A_program_is_replaced_by_another_file_so_that_one_that_runs_keeps_its_own()
    {
        Requires.Tools("make");
        using var folder = new TemporaryFolder();
        await MakeAsync("install", folder);
        string program = Place(folder, "libexec/scgi-run");
        await using FileStream running = File.OpenRead(program);
        await MakeAsync("install", folder);
        string inode = await Command.RunAsync("stat", ["-c", "%i", program]), held = await Command.RunAsync("stat", ["-L", "-c", "%i", $"/proc/{Environment.ProcessId}/fd/{running.SafeFileHandle.DangerousGetHandle()}"]);
        Assert.NotEqual(held, inode);
    }

    [Theory, InlineData("--prefix", "relative"), InlineData("--prefix", "/with|bar"), InlineData("--prefix"), InlineData("--wrong")]
    public async Task A_wrong_command_line_is_refused(params string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.PathTo("packaging/install.sh"), Arguments = arguments });
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("usage: install.sh", result.ErrorText);
    }

    [Fact]
    public async Task What_was_not_installed_is_not_taken_away()
    {
        using var folder = new TemporaryFolder();
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.PathTo("packaging/install.sh"), Arguments = ["--uninstall", "--destdir", folder.Path] });
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nothing was installed there", result.ErrorText);
    }

    // -o all: with the programs that are being tested, and not with new ones.
    private static Task MakeAsync(string target, TemporaryFolder folder) =>
        Command.RunAsync("make", ["--no-print-directory", "-o", "all", "-o", "make-first", target, "PREFIX=/opt/page", $"DESTDIR={folder.Path}"], Repository.Root);

    private static string Place(TemporaryFolder folder, string file) => folder.PathTo($"opt/page/{file}");

    private static string Text(TemporaryFolder folder, string file) => File.ReadAllText(Place(folder, file));

    private static string[] Files(TemporaryFolder folder) => [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)];

    /// <summary>Files for systems whose packages are below /usr/local; and the documents, which say what the default is.</summary>
    private static bool IsForOthers(string file) => file.EndsWith(".freebsd.conf", StringComparison.Ordinal) || file.Contains("/launchd/", StringComparison.Ordinal) || file.Contains("/share/doc/", StringComparison.Ordinal);

    private static bool IsBinary(string file) => file.Contains("/libexec/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal) || file.EndsWith(".nupkg", StringComparison.Ordinal);
}

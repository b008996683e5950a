namespace Shims.ProgramTests.Distribution;

/// <summary>What make does for a processor that is not this machine's.</summary>
[Trait(TestExtent.Trait, TestExtent.Whole), Trait("suite", "distribution")]
public sealed class CrossBuildTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory, InlineData("linux-x64", "__libc_start_main"), InlineData("linux-arm64", "main"), InlineData("linux-musl-x64", "main"), InlineData("osx-arm64", "main")]
    public async Task The_processor_and_system_that_a_program_is_for_decide_where_it_begins(string rid, string entry)
    {
        string printed = await Command.RunAsync("dotnet", ["msbuild", Repository.PathTo("src/scgi-run"), "-getProperty:EarlyEntry", $"-p:ShimsRuntimeIdentifier={rid}"], environment: [$"HOME={_folder.Path}"]);
        Assert.Equal(entry, printed.Trim());
    }

    [Fact]
    public async Task A_build_that_begins_in_main_says_so()
    {
        Requires.Tools("make");
        Assert.Contains("for linux-arm64 there is no path before the C library: the programs begin in main",
            await Command.RunAsync("make", ["--no-print-directory", "-o", "libraries", "entry", "RID=linux-arm64"], Repository.Root, [$"HOME={_folder.Path}"]), StringComparison.Ordinal);
        Assert.Equal("", await Command.RunAsync("make", ["--no-print-directory", "-o", "libraries", "entry", "RID=linux-x64"], Repository.Root, [$"HOME={_folder.Path}"]));
    }

    [Fact]
    public async Task Installing_for_another_processor_runs_none_of_its_programs()
    {
        Requires.Tools("make", "readelf");
        await Command.RunAsync("make", ["-o", "all", "-o", "pack", "install", "RID=linux-arm64", "PREFIX=/usr", $"DESTDIR={_folder.Path}"], Repository.Root);
        foreach (string program in (string[])["scgi-run", "fcgi-run", "uwsgi-run", "ajp-run", "shim-dotnet", "shimctl", "libMonoPosixHelper.so"])
            Assert.Contains("AArch64", await Command.RunAsync("readelf", ["-h", _folder.PathTo($"usr/libexec/{program}")]), StringComparison.Ordinal);
        Assert.Equal(await Command.RunAsync(Repository.Program("shimctl"), ["completions", "bash"]), File.ReadAllText(_folder.PathTo("usr/share/bash-completion/completions/shimctl")));
    }

    public void Dispose() => _folder.Dispose();
}

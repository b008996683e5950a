using System.Text.RegularExpressions;

namespace Shims.ProgramTests.Distribution;

/// <summary>The oldest C library with which the released programs start, read from the versions of the symbols that they name.</summary>
[Trait(TestExtent.Trait, TestExtent.Whole), Trait("suite", "distribution")]
public sealed partial class FloorTests
{
    /// <summary>docs/getting-started.md says so. Debian 11 and Ubuntu 20.04 have it.</summary>
    private static readonly Version s_floor = new(2, 31);

    public static TheoryData<string, string> Dynamic => new MatrixTheoryData<string, string>(["linux-x64", "linux-arm64"], ["shimctl", "libMonoPosixHelper.so", "apps/hello/hello"]);

    public static TheoryData<string, string> Static => new MatrixTheoryData<string, string>(["linux-x64", "linux-arm64"], ["scgi-run", "fcgi-run", "uwsgi-run", "ajp-run", "shim-dotnet"]);

    [Theory, MemberData(nameof(Dynamic))]
    public async Task Nothing_that_is_released_needs_a_C_library_newer_than_2_31(string rid, string program)
    {
        Version[] needed = [.. (await NeededAsync(rid, program)).Select(static match => Version.Parse(match.Groups["version"].Value))];
        Assert.NotEmpty(needed);
        Assert.All(needed, version => Assert.True(version <= s_floor, $"{rid}/{program} needs GLIBC_{version}"));
    }

    [Theory, MemberData(nameof(Static))]
    public async Task The_gateways_need_no_C_library(string rid, string program) => Assert.Empty(await NeededAsync(rid, program));

    [Theory, InlineData("linux-x64", "Advanced Micro Devices X86-64"), InlineData("linux-arm64", "AArch64")]
    public async Task Each_program_is_for_the_processor_that_it_was_compiled_for(string rid, string processor)
    {
        foreach (string program in (string[])["scgi-run", "fcgi-run", "uwsgi-run", "ajp-run", "shim-dotnet", "shimctl", "libMonoPosixHelper.so"])
            Assert.Contains(processor, await Command.RunAsync("readelf", ["-h", PathTo(rid, program)]), StringComparison.Ordinal);
    }

    private static async Task<MatchCollection> NeededAsync(string rid, string program) =>
        SymbolVersion().Matches(await Command.RunAsync("readelf", ["--wide", "--version-info", PathTo(rid, program)]));

    private static string PathTo(string rid, string program)
    {
        string path = Repository.PathTo($"artifacts/{rid}/bin/{program}");
        Assert.True(File.Exists(path), $"{path} has not been built: run make distribution");
        return path;
    }

    [GeneratedRegex(@"Name: GLIBC_(?<version>\d+\.\d+)")]
    private static partial Regex SymbolVersion();
}

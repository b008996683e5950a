namespace Shims.PackageTests;

/// <summary>artifacts/maps: what the linker put into each program, and what the compiler was given, both of the last build.</summary>
public sealed class MapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Programs => SbomTests.Programs;

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Programs))]
    public void The_list_of_the_compiler_and_the_map_of_the_linker_name_the_same_object(string program)
    {
        string map = Repository.PathTo($"artifacts/maps/{program}-{Distribution.Machine.Runtime}.map"), list = Path.ChangeExtension(map, ".rsp");
        Requires.That(File.Exists(map), $"{map}, by make");
        // -o:obj/Release/net10.0/linux-x64/native/scgi-run.o, or obj/sysroot/linux-x64/shimctl.o after make sysroot
        string made = Assert.Single(File.ReadLines(list), line => line.StartsWith("-o:", StringComparison.Ordinal))[3..];
        Assert.Contains(File.ReadLines(map), line => line.Contains($" {made}:(", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Notices_are_of_the_lists_beside_the_maps_and_not_of_an_older_build()
    {
        Prepare();
        Directory.CreateDirectory(_folder.PathTo("src/shimctl/obj/Release/net10.0/linux-x64/native"));
        _folder.Write("src/shimctl/obj/Release/net10.0/linux-x64/native/shimctl.ilc.rsp", $"-r:{Package("older.package/1.0.0", "Older.Package")}/lib/net10.0/Older.dll\n");
        await Command.RunAsync(_folder.PathTo("scripts/notices"), [_folder.PathTo("notices"), "linux-x64"]);
        string notices = await File.ReadAllTextAsync(_folder.PathTo("notices"), TestContext.Current.CancellationToken);
        Assert.Contains("  Shimctl.Package 2.0.0, MIT\n", notices);
        Assert.Contains("  Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64 10.0.1, MIT\n", notices);
        Assert.DoesNotContain("Older.Package", notices);
        // Linked with the C library that make sysroot has fetched: no package that is installed here.
        Assert.Contains("  libc6-dev 2.31-1, of the source package glibc (= 2.31-1)\n", notices);
    }

    [Fact]
    public async Task Archives_of_NuGet_and_of_the_distribution_are_told_apart_in_one_place()
    {
        Prepare();
        string start = _folder.PathTo("artifacts/sysroot/linux-x64/usr/lib/Scrt1.o");
        Assert.Equal($"{start}\n", await Command.RunAsync(_folder.PathTo("scripts/linked"), ["--distribution", "linux-x64"]));
        Assert.Equal("", await Command.RunAsync(_folder.PathTo("scripts/linked"), ["--distribution", "linux-x64", "scgi-run"]));
        Assert.EndsWith("/sdk/libRuntime.a\n", await Command.RunAsync(_folder.PathTo("scripts/linked"), ["--nuget", "linux-x64"]));
    }

    [Theory, InlineData("libc6-dev-arm64-cross", "glibc (= 2.36-8)"), InlineData("libgcc-12-dev-arm64-cross", "gcc-12 (= 12.2.0-14)")]
    public async Task A_package_for_cross_compiling_is_of_the_source_of_the_library_that_it_holds(string package, string source)
    {
        Prepare();
        // dpkg-query -S FILE..., or -W -f FORMAT PACKAGE
        _folder.WriteScript("commands/dpkg-query", $"""
            #!/bin/sh
            case $1$3 in
                -S*) echo "{package}: $2" ;;
                *Built-Using*) echo 'binutils (= 2.40-2), linux (= 6.1.4-1), gcc-12 (= 12.2.0-14), glibc (= 2.36-8)' ;;
                *) echo "$3" ;;
            esac
            """);
        Assert.Contains($" {source}", await Command.RunAsync(_folder.PathTo("scripts/package-of"), ["/usr/lib/library.a"], environment: [$"PATH={_folder.PathTo("commands")}:/usr/bin:/bin"]));
    }

    [Theory, InlineData("map"), InlineData("rsp")]
    public async Task Without_one_of_the_two_files_each_script_says_which_is_missing(string ending)
    {
        Prepare();
        File.Delete(_folder.PathTo($"artifacts/maps/shimctl-linux-x64.{ending}"));
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = _folder.PathTo("scripts/notices"), Arguments = [_folder.PathTo("notices"), "linux-x64"] });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"there is no artifacts/maps/shimctl-linux-x64.{ending}: run make clean, then make", result.ErrorText);
    }

    [Fact]
    public async Task This_machine_has_the_name_that_NET_gives_it() =>
        Assert.Equal(System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, (await Command.RunAsync(Repository.PathTo("scripts/rid"), [])).Trim());

    /// <summary>Two programs: scgi-run, which has the runtime alone; and shimctl, linked in another folder than before, with a package and start-up code of Debian 11.</summary>
    private void Prepare()
    {
        foreach (string script in new[] { "notices", "linked", "package-of", "rid" })
            _folder.WriteScript($"scripts/{script}", File.ReadAllText(Repository.PathTo($"scripts/{script}")));
        foreach (string text in Directory.EnumerateFiles(Repository.PathTo("packaging/notices")))
            _folder.Write($"packaging/notices/{Path.GetFileName(text)}", File.ReadAllBytes(text));
        _folder.Write("Makefile", "PROGRAMS = scgi-run shimctl\n");
        string runtime = Package("microsoft.netcore.app.runtime.nativeaot.linux-x64/10.0.1", "Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64"), given = Package("shimctl.package/2.0.0", "Shimctl.Package");
        _folder.Write("nuget/microsoft.netcore.app.runtime.nativeaot.linux-x64/10.0.1/LICENSE.TXT", "The MIT License\n");
        _folder.Write("nuget/microsoft.netcore.app.runtime.nativeaot.linux-x64/10.0.1/sdk/libRuntime.a", "");
        string archive = $"   2b4f0    2b4f0       1d    16         {runtime}/sdk/libRuntime.a(start.o):(.text)\n";
        string start = _folder.Write("artifacts/sysroot/linux-x64/usr/lib/Scrt1.o", "");
        _folder.Write("artifacts/sysroot/linux-x64/packages/libc6-dev", "libc6-dev 2.31-1 glibc (= 2.31-1)\n./usr/lib/Scrt1.o\n");
        _folder.Write("artifacts/maps/scgi-run-linux-x64.map", archive);
        _folder.Write("artifacts/maps/scgi-run-linux-x64.rsp", "");
        _folder.Write("artifacts/maps/shimctl-linux-x64.map", $"{archive}   2b4f0    2b4f0       1d    16         {start}:(.text)\n");
        _folder.Write("artifacts/maps/shimctl-linux-x64.rsp", $"-r:{given}/lib/net10.0/Shimctl.dll\n");
        // A program of the tests, which nobody ships.
        _folder.Write("artifacts/maps/test-handler-linux-x64.map", "   2b4f0    2b4f0       1d    16         /usr/lib/other.a(other.o):(.text)\n");
    }

    /// <summary>A folder of NuGet's: its path below that of all packages, and the name that the package has.</summary>
    private string Package(string folder, string name)
    {
        _folder.Write($"nuget/{folder}/{name}.nuspec", $"<package>\n  <id>{name}</id>\n  <license type=\"expression\">MIT</license>\n</package>\n");
        return _folder.PathTo($"nuget/{folder}");
    }
}

using System.Text.Json;

namespace Shims.PackageTests;

/// <summary>The list of a program's parts and the linker's map of it say the same.</summary>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class SbomTests(Distribution distribution)
{
    /// <summary>Code of the distribution that is linked: by its source package, the names of its files begin like this.</summary>
    private static readonly (string Source, string[] Files)[] s_sources = [("glibc", ["libc", "libm", "libpthread", "librt", "libdl", "crt1", "rcrt1", "Scrt1", "crti", "crtn", "gcrt1"]), ("gcc-", ["libgcc", "crtbegin", "crtend"])];

    public static TheoryData<string> Programs => [.. File.ReadLines(Repository.PathTo("Makefile")).Single(line => line.StartsWith("PROGRAMS = ", StringComparison.Ordinal)).Split(' ')[2..]];

    [Theory, MemberData(nameof(Programs))]
    public void Nothing_linked_is_missing_and_nothing_listed_is_not_linked(string program)
    {
        var parts = LinkedParts.Of(program);
        JsonElement[] components = [.. Read(program).GetProperty("components").EnumerateArray()];
        string[] names = [.. components.Select(component => component.GetProperty("name").GetString()!)];
        Assert.Equal(names.Distinct(), names);

        // Archives: those of the runtime are its packages'; each of the distribution's stands under its source package, and the other way round.
        string[] listed = [.. components.Where(component => component.TryGetProperty("properties", out _))
            .SelectMany(component => component.GetProperty("properties").EnumerateArray()).Where(property => property.GetProperty("name").GetString() == "shims:linked")
            .Select(property => property.GetProperty("value").GetString()!).Order(StringComparer.Ordinal)];
        string[] linked = [.. parts.Files.Where(file => s_sources.Any(source => Array.Exists(source.Files, begin => Path.GetFileNameWithoutExtension(file).TrimEnd('T', 'S', '0', '_') == begin.TrimEnd('_') || file.StartsWith(begin, StringComparison.Ordinal))))];
        Assert.NotEmpty(linked);
        Assert.Equal(linked, listed.Distinct());

        // Managed code: a package of NuGet is listed exactly if the map has its code.
        foreach ((string package, string assembly) in new[]
        {
            ("System.CommandLine", "System.CommandLine"), ("Mono.Posix.NETStandard", "Mono.Posix.NETStandard"), ("Microsoft.AspNetCore.WebUtilities", "Microsoft.AspNetCore.WebUtilities"),
            ("Microsoft.Net.Http.Headers", "Microsoft.Net.Http.Headers"), ("Microsoft.Extensions.Primitives", "Microsoft.Extensions.Primitives"),
        })
            Assert.Equal((package, parts.HasCodeOf(assembly)), (package, names.Contains(package)));
        Assert.Contains(names, name => name.StartsWith("Microsoft.NETCore.App.Runtime.NativeAOT.linux-", StringComparison.Ordinal));
        Assert.Equal(parts.HasCodeOf("Microsoft.AspNetCore.Server.Kestrel.Core"), names.Any(name => name.StartsWith("Microsoft.AspNetCore.App.Runtime.linux-", StringComparison.Ordinal)));
        // What only checks or compiles is not in a program.
        Assert.DoesNotContain(names, name => name.Contains("Analyzer", StringComparison.Ordinal) || name.Contains("ILLink", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Programs))]
    public void A_list_is_CycloneDX_and_each_part_has_version_license_and_address(string program)
    {
        JsonElement list = Read(program);
        Assert.Equal("CycloneDX", list.GetProperty("bomFormat").GetString());
        Assert.Equal(program, list.GetProperty("metadata").GetProperty("component").GetProperty("name").GetString());
        Assert.All(list.GetProperty("components").EnumerateArray(), component =>
        {
            Assert.NotEmpty(component.GetProperty("version").GetString()!);
            Assert.NotEmpty(component.GetProperty("licenses").EnumerateArray());
            Assert.StartsWith("pkg:", component.GetProperty("purl").GetString());
        });
    }

    private JsonElement Read(string program)
    {
        distribution.Require();
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.PathTo($"artifacts/sbom/{program}.cdx.json")));
        return document.RootElement.Clone();
    }
}

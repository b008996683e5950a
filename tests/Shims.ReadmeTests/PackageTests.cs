using System.IO.Compression;
using System.Xml.Linq;

namespace Shims.ReadmeTests;

/// <summary>The NuGet package of the library, as it is packed here and as a release packs it.</summary>
public sealed class PackageTests
{
    private const string Address = "https://example.org/owner/name";

    [Fact]
    public async Task The_package_has_a_readme_an_icon_and_symbols_and_names_no_address()
    {
        using var folder = new TemporaryFolder();
        using ZipArchive package = await PackAsync(folder, url: "");
        XElement metadata = Metadata(package);
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal("icon.png", Value(metadata, "icon"));
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.NotNull(package.GetEntry("README.md"));
        Assert.NotNull(package.GetEntry("icon.png"));
        Assert.Single(Directory.EnumerateFiles(folder.Path, "*.snupkg"));
        Assert.Null(Value(metadata, "projectUrl"));
        Assert.Null(metadata.Elements().SingleOrDefault(element => element.Name.LocalName == "repository")?.Attribute("url"));
    }

    [Fact]
    public async Task A_release_passes_the_address_of_the_repository()
    {
        using var folder = new TemporaryFolder();
        using ZipArchive package = await PackAsync(folder, Address);
        XElement metadata = Metadata(package);
        Assert.Equal(Address, Value(metadata, "projectUrl"));
        Assert.Equal(Address, metadata.Elements().Single(element => element.Name.LocalName == "repository").Attribute("url")!.Value);
    }

    private static async Task<ZipArchive> PackAsync(TemporaryFolder folder, string url)
    {
        Requires.Tools("dotnet");
        string[] environment = [.. new[] { "HOME", "NUGET_PACKAGES", "DOTNET_ROOT", "PATH" }.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null).Select(pair => $"{pair.name}={pair.Value}"), "DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1"];
        await Command.RunAsync("dotnet", ["pack", "src/Shims", "-c", "Release", "--no-build", "--disable-build-servers", "-v", "quiet", "--nologo", "-o", folder.Path, $"-p:ShimsRepositoryUrl={url}"], Repository.Root, environment);
        return await ZipFile.OpenReadAsync(Directory.EnumerateFiles(folder.Path, "*.nupkg").Single());
    }

    private static XElement Metadata(ZipArchive package)
    {
        using Stream nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    private static string? Value(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
}

using System.Xml.Linq;

namespace Shims.PackageTests;

/// <summary>The packages, in artifacts/dist: made once of the programs in bin/, as `make packages` does when they have been built.</summary>
/// <remarks>Its tests run one after the other: one of them makes the packages anew, and while it does there are none.</remarks>
[CollectionDefinition(Collection)]
public sealed class Distribution : ICollectionFixture<Distribution>, IAsyncLifetime
{
    /// <summary>The collection of the tests that take the packages.</summary>
    public const string Collection = "packages";

    /// <summary>The version that is built.</summary>
    public static string Version { get; } = XDocument.Load(Repository.PathTo("Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>This machine, as Debian, RPM and .NET call it.</summary>
    public static (string Debian, string Rpm, string Runtime) Machine { get; } =
        System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? ("arm64", "aarch64", "linux-arm64") : ("amd64", "x86_64", "linux-x64");

    /// <summary>Where the user's NuGet has its packages.</summary>
    public static string NuGetCache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } own ? own : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");

    /// <summary>Where a package lies.</summary>
    public static string PathTo(string file) => Repository.PathTo($"artifacts/dist/{file}");

    /// <summary>The path of one of Debian's packages.</summary>
    public static string Debian(string name) => PathTo($"{name}_{Version}_{Machine.Debian}.deb");

    /// <summary>The path of one of RPM's packages.</summary>
    public static string Rpm(string name) => PathTo($"{name}-{Version}-1.{Machine.Rpm}.rpm");

    /// <summary>The path of the archive.</summary>
    public static string Archive { get; } = PathTo($"shims-{Version}-{Machine.Runtime}.tar.gz");

    /// <summary>What the tools of a person are given: a home, NuGet's folder, and the way to the network.</summary>
    public static IEnumerable<string> Surroundings { get; } = [.. new[] { "HOME", "NUGET_PACKAGES", "DOTNET_ROOT", "PATH", "http_proxy", "https_proxy", "no_proxy" }
        .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={pair.Value}"),
        "DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "LC_ALL=C.UTF-8"];

    /// <summary>Skips a test where a tool that makes the packages is missing.</summary>
#pragma warning disable CA1822 // a test asks the distribution that it was given
    public void Require() => Requires.Tools("dh", "lintian", "rpmbuild", "python3", "git");
#pragma warning restore CA1822

    public async ValueTask InitializeAsync()
    {
        if (!new[] { "dh", "rpmbuild", "python3", "git" }.All(Tool.Exists))
            return;
        await RunAsync("scripts/sbom");
        await RunAsync("scripts/packages");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a script of the checkout, which may take minutes.</summary>
    internal static async Task RunAsync(string script)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.PathTo(script), Folder = Repository.Root }.WithEnvironment(Surroundings), TimeSpan.FromMinutes(15));
        Assert.True(result.ExitCode == 0, $"{script}: {result.ErrorText}{result.OutputText}");
    }
}

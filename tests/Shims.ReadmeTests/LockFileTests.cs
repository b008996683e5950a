using System.Text.Json;
using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>Each package, and each that it brings, is locked by version and hash; where CI=true, a restore that would take another one ends.</summary>
public sealed partial class LockFileTests
{
    /// <summary>The folder of each project that is built here, without the samples and the template, which are restored where they are copied to.</summary>
    private static readonly string[] s_projects = [.. new[] { "src", "tests", "packaging" }.SelectMany(folder => Directory.EnumerateFiles(Repository.PathTo(folder), "*.csproj", SearchOption.AllDirectories))
        .Where(path => !path.Contains("/templates/", StringComparison.Ordinal)).Select(path => Path.GetRelativePath(Repository.Root, path))];

    /// <summary>What the SDK adds by itself, in its own version: to programs that are compiled to native code, and to apps with Razor components.</summary>
    private static readonly string[] s_ofSdk = ["Microsoft.AspNetCore.App.Internal.Assets", "Microsoft.DotNet.ILCompiler", "Microsoft.NET.ILLink.Tasks", "runtime.linux-x64.Microsoft.DotNet.ILCompiler", "runtime.linux-arm64.Microsoft.DotNet.ILCompiler"];

    public static TheoryData<string> Projects => [.. s_projects.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Programs => [.. s_projects.Where(path => path.StartsWith("src/", StringComparison.Ordinal) && char.IsLower(Path.GetFileName(path)[0])).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_has_a_lock_file_or_names_no_package(string project)
    {
        string lockFile = Path.Combine(Path.GetDirectoryName(Repository.PathTo(project))!, "packages.lock.json"), text = File.ReadAllText(Repository.PathTo(project));
        if (!File.Exists(lockFile))
        {
            Assert.DoesNotContain("<PackageReference", text);
            Assert.Matches("RestorePackagesWithLockFile>false<|(Native|Program).props\"", text);
            return;
        }
        Assert.DoesNotContain(Locked(lockFile).Keys, name => s_ofSdk.Contains(name));
        foreach (Match reference in PackageReference().Matches(text))
            Assert.Contains(reference.Groups[1].Value, Locked(lockFile).Keys);
    }

    [Theory, MemberData(nameof(Programs))]
    public void A_program_has_the_packages_that_the_libraries_lock_and_beside_them_only_the_compiler(string program)
    {
        string assets = Path.Combine(Path.GetDirectoryName(Repository.PathTo(program))!, "obj/project.assets.json");
        Requires.That(File.Exists(assets), $"{assets}, by make");
        var locked = new Dictionary<string, (string Version, string Hash)>(StringComparer.OrdinalIgnoreCase);
        foreach (string lockFile in s_projects.Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(path => Path.Combine(Path.GetDirectoryName(Repository.PathTo(path))!, "packages.lock.json")).Where(File.Exists))
        {
            foreach ((string name, (string Version, string Hash) package) in Locked(lockFile))
                locked[name] = package;
        }
        using var document = JsonDocument.Parse(File.ReadAllText(assets));
        JsonProperty[] taken = [.. document.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package" && !s_ofSdk.Contains(library.Name.Split('/')[0]))];
        Assert.NotEmpty(taken);
        foreach (JsonProperty library in taken)
        {
            string[] name = library.Name.Split('/');
            Assert.Equal((name[0], name[1], library.Value.GetProperty("sha512").GetString()!), (name[0], locked[name[0]].Version, locked[name[0]].Hash));
        }
    }

    [Fact]
    public async Task A_locked_restore_of_all_projects_works_and_one_of_another_version_ends()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in (string[])[.. s_projects, .. s_projects.Select(project => $"{Path.GetDirectoryName(project)}/packages.lock.json").Where(file => File.Exists(Repository.PathTo(file))),
            "Shims.sln", "global.json", "Directory.Build.props", "Directory.Packages.props", .. Directory.EnumerateFiles(Repository.PathTo("src"), "*.props"), .. Directory.EnumerateFiles(Repository.PathTo("src"), "*.targets"),
            "src/Early/Early.props", "tests/Directory.Build.props"])
        {
            folder.Write(Path.GetRelativePath(Repository.Root, Repository.PathTo(file)), File.ReadAllBytes(Repository.PathTo(file)));
        }
        LaunchResult result = await RestoreAsync(folder, "Shims.sln");
        Assert.True(result.ExitCode == 0, result.OutputText + result.ErrorText);

        string versions = folder.PathTo("Directory.Packages.props"), text = File.ReadAllText(versions);
        File.WriteAllText(versions, text.Replace("\"Mono.Posix.NETStandard\" Version=\"1.0.0\"", "\"Mono.Posix.NETStandard\" Version=\"5.20.1-preview\"", StringComparison.Ordinal));
        Assert.NotEqual(text, File.ReadAllText(versions));
        result = await RestoreAsync(folder, "src/Shims.Control");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("NU1004", result.OutputText);
    }

    private static async Task<LaunchResult> RestoreAsync(TemporaryFolder folder, string project)
    {
        string[] given = [.. new[] { "HOME", "NUGET_PACKAGES", "DOTNET_ROOT", "PATH", "http_proxy", "https_proxy", "no_proxy" }
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={pair.Value}")];
        // As in CI.
        return await Launcher.RunAsync(new Launch { Program = Tool.PathOf("dotnet"), Arguments = ["restore", folder.PathTo(project), "-v", "quiet", "--disable-build-servers"], Folder = folder.Path }
            .WithEnvironment([.. given, "CI=true", "DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "LC_ALL=C.UTF-8"]), TimeSpan.FromMinutes(5));
    }

    private static Dictionary<string, (string Version, string Hash)> Locked(string lockFile)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(lockFile));
        // net10.0 alone: what is for one processor would end the restore on another.
        JsonProperty framework = Assert.Single(document.RootElement.GetProperty("dependencies").EnumerateObject());
        Assert.Equal("net10.0", framework.Name);
        return framework.Value.EnumerateObject().Where(package => package.Value.TryGetProperty("contentHash", out _))
            .ToDictionary(package => package.Name, package => (package.Value.GetProperty("resolved").GetString()!, package.Value.GetProperty("contentHash").GetString()!), StringComparer.OrdinalIgnoreCase);
    }

    [GeneratedRegex("<PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex PackageReference();
}

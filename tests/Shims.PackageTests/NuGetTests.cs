using System.Text;

namespace Shims.PackageTests;

/// <summary>Library, tool and templates, restored from artifacts/dist by somebody who has no other source of them.</summary>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class NuGetTests(Distribution distribution) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_handler_made_from_the_template_compiles_and_responds()
    {
        Prepare();
        await DotNetAsync("new", "install", Distribution.PathTo($"Shims.Templates.{Distribution.Version}.nupkg"));
        await DotNetAsync("new", "shim", "--name", "hello", "--output", _folder.PathTo("hello"), "--no-update-check");
        Assert.Contains("/run/shims/hello.sock", await ReadAsync("hello/nginx.conf"));
        Assert.Contains("/srv/hello/hello  hello", await ReadAsync("hello/inetd.conf"));
        await DotNetAsync("build", _folder.PathTo("hello"), "--disable-build-servers", "-v", "quiet", "--nologo");
        Assert.EndsWith("Hello, world!\n", await Command.RunAsync("sh", ["-c", $"printf '24:CONTENT_LENGTH\\0000\\0SCGI\\0001\\0,' | {_folder.PathTo("hello/bin/Debug/net10.0/hello")}"], environment: Environment()));
    }

    [Fact]
    public async Task A_folder_of_scripts_made_from_the_template_is_served_as_it_is()
    {
        Prepare();
        await DotNetAsync("new", "install", Distribution.PathTo($"Shims.Templates.{Distribution.Version}.nupkg"));
        await DotNetAsync("new", "shim-cgi", "--name", "pages", "--output", _folder.PathTo("pages"), "--no-update-check");
        Assert.Contains("/run/shims/pages.sock", await ReadAsync("pages/nginx.conf"));
        Assert.Contains("scgi-run /srv/pages/", await ReadAsync("pages/inetd.conf"));
        Assert.EndsWith("Hello, world!\n", await Command.RunAsync("sh", ["-c", $"printf '24:CONTENT_LENGTH\\0000\\0SCGI\\0001\\0,' | {Repository.ScgiRun} {_folder.PathTo("pages/cgi-bin/hello.cgi")}"]));
    }

    [Fact]
    public async Task The_tool_is_native_and_starts_the_gateways_that_came_with_it()
    {
        Prepare();
        await DotNetAsync("tool", "install", "Shims.Tool", "--version", Distribution.Version, "--tool-path", _folder.PathTo("tools"), "--configfile", _folder.PathTo("nuget.config"));
        string tool = _folder.PathTo("tools/shimctl");
        Assert.StartsWith($"shimctl {Distribution.Version}", await Command.RunAsync(tool, ["--version"]));
        string script = Repository.PathTo("inetd-examples/cgi-bin/hello.cgi");
        Assert.Contains("Hello, world!", await Command.RunAsync(tool, ["request", "--to", $"exec:scgi-run {script}", "/hello"]));
        // The first bytes of the program itself, and not of a script of the SDK's.
        string program = (await Command.RunAsync("readlink", ["-f", tool])).Trim();
        Assert.Equal(Encoding.ASCII.GetBytes("\u007fELF"), File.ReadAllBytes(program)[..4]);
    }

    /// <summary>A folder whose only source is artifacts/dist. What is not of Shims is taken from where this machine has restored it before.</summary>
    private void Prepare()
    {
        distribution.Require();
        string fallback = _folder.MakeFolder("fallback");
        foreach (string package in Directory.EnumerateDirectories(Distribution.NuGetCache).Where(path => !Path.GetFileName(path).StartsWith("shims", StringComparison.Ordinal)))
            Directory.CreateSymbolicLink(Path.Combine(fallback, Path.GetFileName(package)), package);
        _folder.Write("nuget.config", $"""
            <?xml version="1.0" encoding="utf-8"?>
            <configuration>
              <packageSources><clear /><add key="dist" value="{Distribution.PathTo("")}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="had" value="{fallback}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    private async Task DotNetAsync(params string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf("dotnet"), Arguments = arguments, Folder = _folder.Path }.WithEnvironment(Environment()), TimeSpan.FromMinutes(5));
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {result.OutputText}{result.ErrorText}");
    }

    private IEnumerable<string> Environment() => Distribution.Surroundings.Where(variable => !variable.StartsWith("HOME=", StringComparison.Ordinal) && !variable.StartsWith("NUGET_PACKAGES=", StringComparison.Ordinal))
        .Concat([$"HOME={_folder.Path}", $"DOTNET_CLI_HOME={_folder.Path}", $"NUGET_PACKAGES={_folder.PathTo("packages")}", "DOTNET_GENERATE_ASPNET_CERTIFICATE=false"]);

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(_folder.PathTo(file), TestContext.Current.CancellationToken);
}

namespace Shims.HandlerTests;

/// <summary>What shim-dotnet says and does where an app cannot be built or its notes cannot be kept.</summary>
public sealed class ShimDotNetTests
{
    /// <summary>A user who is not the one of the tests.</summary>
    private const string SomebodyElse = "61234";

    [Theory]
    [InlineData(), InlineData("-v"), InlineData("-V"), InlineData("-f"), InlineData("-"), InlineData("--"), InlineData("--nosuch"), InlineData("-h"), InlineData(""), InlineData("/nosuch.cs")]
    [Trait("fault", "D2")]
    public async Task A_command_line_that_is_not_understood_is_a_64_with_a_reason(params string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shim-dotnet"), Arguments = arguments });
        Assert.Equal(64, result.ExitCode);
        Assert.Matches(@"^shim-dotnet\[\d+\]: (no file is given: usage: |unknown option |there is no file )", result.ErrorText);
    }

    [Fact]
    [Trait("fault", "D2")]
    public async Task shim_dotnet_prints_its_help()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shim-dotnet"), Arguments = ["--help"] });
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Usage:\n  shim-dotnet FILE.cs [ARG...]\n", result.OutputText, StringComparison.Ordinal);
        foreach (string option in new[] { "--help", "--version" })
            Assert.Contains($"\n  {option} ", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task shim_dotnet_names_the_option_that_was_meant()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Repository.Program("shim-dotnet"), Arguments = ["--hlep"] });
        Assert.EndsWith("unknown option --hlep: write --help\n", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("fault", "L7")]
    public async Task A_lock_that_cannot_be_made_is_a_page_that_says_why()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathTo("shims"));
        Sample hello = new("hello", IsNative: false) { Environment = [$"XDG_CACHE_HOME={folder.Path}"] };
        Assert.Equal("Hello, world!\n", (await hello.GetAsync("")).Body);
        string made = Assert.Single(Directory.GetFiles(folder.PathTo("shims"), "*.lock"));
        File.Delete(made);
        File.CreateSymbolicLink(made, made);
        File.Delete(made[..^".lock".Length]);
        ScriptReply reply = await hello.GetAsync("");
        Assert.Equal(500, reply.Status);
        Assert.Contains("Too many levels of symbolic links", reply.Body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Trait("fault", "M3")]
    public async Task A_user_who_takes_the_name_of_the_directory_in_tmp_does_not_stop_shim_dotnet()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using var folder = new TemporaryFolder();
        string taken = folder.PathTo("shims-apps-0");
        Directory.CreateDirectory(taken);
        await Command.RunAsync("chown", [SomebodyElse, taken]);
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/.nuget/packages";
        Sample hello = new("hello", IsNative: false) { Environment = ["HOME=", "XDG_CACHE_HOME=", $"TMPDIR={folder.Path}", $"NUGET_PACKAGES={packages}"] };
        Assert.Equal("Hello, world!\n", (await hello.GetAsync("")).Body);
        Assert.Equal("Hello, world!\n", (await hello.GetAsync("")).Body);
        Assert.Empty(Directory.GetFileSystemEntries(taken));
        Assert.Single(Directory.GetDirectories(folder.Path), path => path.StartsWith(taken + ".", StringComparison.Ordinal));
    }
}

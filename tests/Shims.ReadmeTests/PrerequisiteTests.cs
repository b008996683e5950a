namespace Shims.ReadmeTests;

/// <summary>What a person is told who runs a command of the README where something is missing.</summary>
public sealed class PrerequisiteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PrerequisiteTests()
    {
        // A machine with nothing but these, and a user who is not root.
        foreach (string tool in new[] { "sh", "sed", "cat" })
            File.CreateSymbolicLink(_folder.PathTo(tool), Tool.PathOf(tool));
        Stand("apt-get", "exit 1");
        Stand("id", "echo 1000");
        Stand("dotnet", "echo 10.0.100");
    }

    [Fact]
    public async Task What_is_missing_is_said_once_with_the_command_that_installs_it()
    {
        LaunchResult result = await RunAsync("run");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("""
            scripts/install-prerequisites: missing: clang lld binutils curl
            Run as root:  apt-get install --no-install-recommends clang lld binutils curl

            """, result.ErrorText);
    }

    [Fact]
    public async Task What_links_programs_for_arm64_is_named()
    {
        LaunchResult result = await RunAsync("arm64");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("missing: clang lld binutils binutils-aarch64-linux-gnu", result.ErrorText);
    }

    [Fact]
    public async Task Where_nothing_is_missing_nothing_is_said()
    {
        foreach (string tool in new[] { "clang", "ld.lld", "strip", "curl" })
            Stand(tool, "");
        LaunchResult result = await RunAsync("run");
        Assert.Equal((0, "", ""), (result.ExitCode, result.OutputText, result.ErrorText));
    }

    [Fact]
    public async Task A_missing_SDK_is_named_with_its_address()
    {
        File.Delete(_folder.PathTo("dotnet"));
        LaunchResult result = await RunAsync("build");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("missing: the .NET SDK 10 (there is no command dotnet): https://dotnet.microsoft.com/download/dotnet/10.0", result.ErrorText);
        Assert.Contains("clang lld binutils", result.ErrorText);
    }

    [Fact]
    public async Task An_SDK_that_does_not_start_has_its_own_words()
    {
        Stand("dotnet", "echo \"Couldn't find a valid ICU package installed on the system.\" >&2; exit 134");
        LaunchResult result = await RunAsync("build");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Couldn't find a valid ICU package", result.ErrorText);
    }

    [Theory, InlineData("run"), InlineData("demo"), InlineData("test"), InlineData("bench"), InlineData("matrix"), InlineData("screenshots")]
    public async Task Everything_is_looked_at_before_anything_is_built(string target)
    {
        Requires.Tools("make");
        string[] commands = (await Command.RunAsync("make", ["-n", "--no-print-directory", target], Repository.Root)).Split('\n');
        Assert.StartsWith("scripts/install-prerequisites", commands[0]);
        Assert.Contains(commands.Skip(1), command => command.StartsWith("dotnet build", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private Task<LaunchResult> RunAsync(string what) => Launcher.RunAsync(new Launch
    {
        Program = Repository.PathTo("scripts/install-prerequisites"),
        Arguments = [what],
        Environment = [System.Text.Encoding.UTF8.GetBytes($"PATH={_folder.Path}")],
    });

    private void Stand(string program, string commands) => _folder.WriteScript(program, $"#!/bin/sh\n{commands}\n");
}

using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What doctor says of a line that starts an app of ASP.NET Core.</summary>
public sealed class AppTests
{
    [Theory]
    [InlineData("nowait.9999999", "{}", false, "does not take the socket of inetd")]
    [InlineData("nowait.9999999", "{}", true, "is started for each connection")]
    [InlineData("wait", "{ \"System.GC.Server\": true }", true, "has a heap for each processor")]
    public async Task An_app_whose_life_does_not_suit_it_is_named(string start, string properties, bool usesShim, string cause)
    {
        using var folder = new TemporaryFolder();
        string file = Write(folder, start, properties, usesShim);
        Assert.Equal($"{file}:1", (await Diagnosis.AskAsync("--no-run", file)).The(cause).Subject);
    }

    [Fact]
    public async Task An_app_in_wait_mode_is_as_it_should_be()
    {
        using var folder = new TemporaryFolder();
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", Write(folder, "wait", "{}", usesShim: true));
        Assert.DoesNotContain(diagnosis.Problems, static finding => finding.Cause.Contains("hello.dll", StringComparison.Ordinal));
    }

    private static string Write(TemporaryFolder folder, string start, string properties, bool usesShim)
    {
        string program = folder.Write("hello", "#!/bin/sh\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        folder.Write("hello.dll", "");
        folder.Write("hello.runtimeconfig.json", $$"""
            { "runtimeOptions": { "frameworks": [ { "name": "Microsoft.AspNetCore.App", "version": "10.0.0" } ], "configProperties": {{properties}} } }
            """);
        if (usesShim)
            folder.Write("Shims.AspNetCore.dll", "");
        return folder.Write("inetd.conf", $"{folder.PathTo("s")} stream unix {start} {Environment.UserName} {program} hello\n");
    }
}

using System.Text.RegularExpressions;

namespace Shims.AspNetTests;

/// <summary>What the compiler makes of the sample with the settings of the package, and what its start takes.</summary>
public sealed partial class NativeCodeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The name that shimctl doctor looks for: see PublishedApp.</summary>
    [Fact, Trait(TestExtent.Trait, TestExtent.Whole)]
    public async Task Only_the_code_of_an_app_with_logins_names_the_provider_of_keys()
    {
        Requires.Tools(SampleTests.Sample);
        Assert.False(Names(await File.ReadAllBytesAsync(SampleTests.Sample)));
        Assert.SkipUnless(App.Program != App.Managed, "needs the app in native code: TEST_ASPNET_APP");
        Assert.True(Names(await File.ReadAllBytesAsync(App.Program)));

        static bool Names(byte[] code) => code.AsSpan().IndexOf("KeyRingProvider"u8) >= 0;
    }

    [Fact]
    public async Task An_app_loads_no_library_but_libc_and_libm_and_looks_for_none()
    {
        IEnumerable<string> libraries = (await TraceAsync("openat")).Select(static call => Library().Match(call)).Where(static match => match.Success).Select(static match => match.Groups[1].Value);
        Assert.Equal(["libc.so.6", "libm.so.6"], libraries.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>Its own, that which finalizes, that of signals, the loop's, two workers and the gate of the pool, and the timer's, which bounds the end.</summary>
    [Fact]
    public async Task A_process_for_one_request_has_eight_threads_at_the_most()
    {
        string[] clones = await TraceAsync("clone,clone3");
        Assert.InRange(clones.Count(static call => call.Contains("clone", StringComparison.Ordinal) && !call.Contains("resumed", StringComparison.Ordinal)), 1, 7);
    }

    /// <summary>One request, and the calls of all threads.</summary>
    private async Task<string[]> TraceAsync(string calls)
    {
        Requires.Tools("strace", SampleTests.Sample);
        string log = _folder.PathTo("calls");
        Launch launch = App.Launch() with { Program = SampleTests.Sample };
        (Response response, LaunchResult result) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(launch with { Program = Tool.PathOf("strace"), Arguments = ["-f", "-o", log, "-e", $"trace={calls}", launch.Program] });
        Assert.Equal("Hello you", response.Body);
        Assert.Equal(0, result.ExitCode);
        return [.. (await File.ReadAllLinesAsync(log)).Where(static line => line.Contains('(', StringComparison.Ordinal))];
    }

    /// <summary>The name of a library that is opened, or looked for.</summary>
    [GeneratedRegex(@"""[^""]*/(lib[^/""]*)""")]
    private static partial Regex Library();
}

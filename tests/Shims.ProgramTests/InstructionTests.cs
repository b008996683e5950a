using System.Runtime.InteropServices;
using Shims.Testing;

namespace Shims.ProgramTests;

/// <summary>What a request costs scgi-run before the script runs, in instructions.</summary>
public sealed class InstructionTests : ProgramTest
{
    /// <summary>The goal is 30,000.</summary>
    private const int Most = 35_000;

    [Fact]
    public async Task A_request_costs_few_instructions_before_the_script_runs()
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "elsewhere the C library starts first");
        Requires.Tools("perl");
        using var request = new StoredRequest();
        int count = await request.CountInstructionsAsync(Repository.Program("scgi-run"));
        Assert.True(count <= Most, $"{count} instructions, {Most} at most");
    }
}

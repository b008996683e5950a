using Shims.Posix;

namespace Shims.Tests.Posix;

/// <summary>These tests run under a JIT compiler, as <c>dotnet run</c> does, where nothing may be done in a borrowed process.</summary>
public sealed unsafe class ExecutionTests
{
    [Fact]
    public void A_program_that_was_not_compiled_to_native_code_is_told_at_once_and_no_process_is_made()
    {
        byte* stack = stackalloc byte[64];
        var plan = new LaunchPlan { FailedAt = LaunchStep.Exec };
        LaunchPlan* start = &plan;
        string reason = Assert.Throws<PlatformNotSupportedException>(() => Libc.CloneAndExec(start, new Span<byte>(stack, 64), out _)).Message;
        Assert.Contains("publish it with PublishAot, or start programs with Libc.PosixSpawn", reason, StringComparison.Ordinal);
        Assert.Throws<PlatformNotSupportedException>(() => Execution.ExecScript(start));
        // What Spawn does first, and what Become would have left behind.
        Assert.Equal((LaunchStep.Exec, 0), (plan.FailedAt, plan.Errno));
    }
}

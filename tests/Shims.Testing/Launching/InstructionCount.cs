using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Shims.Testing;

/// <summary>Counts the instructions of a program up to the moment in which it becomes another one: a figure that no machine and no load changes.</summary>
/// <remarks>
/// The program runs in single steps. ptrace(2): only the thread that has attached itself may ask for them, so there is one for each count. What the kernel
/// does is not counted; a system call is one instruction.
/// </remarks>
public static class InstructionCount
{
    private const int Seize = 0x4206, Continue = 7, SingleStep = 9, Detach = 17;
    private const int TraceExec = 1 << 4, EndWithTracer = 1 << 20;
    private const int ExecEvent = 4, StopEvent = 128;
    private const int ContinueSignal = 18, TrapSignal = 5;

    /// <summary>Stops itself, and once it is being watched becomes the program. Perl hands the environment on as it is.</summary>
    private const string Starter = "kill STOP => $$; exec { shift @ARGV } @ARGV";

    /// <summary>Runs the program and lets what it becomes run to its end.</summary>
    /// <param name="launch">What to start. The program must execute another one.</param>
    /// <returns>The instructions from the program's first to its execve(2).</returns>
    /// <exception cref="InvalidOperationException">The program has ended without executing another one.</exception>
    public static async Task<int> UntilExecAsync(Launch launch)
    {
        var count = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using LaunchedProgram program = Launcher.Start(launch with
        {
            Program = Tool.PathOf("perl"),
            Arguments = ["-e", Starter, launch.Program, Path.GetFileName(launch.Program), .. launch.Arguments],
        });
        new Thread(() => count.SetFrom(() => Count(program.ProcessId))) { IsBackground = true, Name = $"steps through process {program.ProcessId}" }.Start();
        int result = await count.Task;
        await program.WaitAsync();
        return result;
    }

    private static int Count(int process)
    {
        NextStop(process);
        Request(Seize, process, TraceExec | EndWithTracer);
        if (Libc.kill(process, ContinueSignal) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "kill");
        (int Signal, int Event) stop = NextStop(process);
        while (stop.Event != ExecEvent)
        {
            Request(Continue, process, stop.Event == StopEvent ? 0 : stop.Signal);
            stop = NextStop(process);
        }
        // The first step is the rest of the starter's own execve.
        for (int count = -1; ; count++)
        {
            Request(SingleStep, process, stop.Signal == TrapSignal ? 0 : stop.Signal);
            stop = NextStop(process);
            if (stop.Event != ExecEvent)
                continue;
            Request(Detach, process, 0);
            return count;
        }
    }

    /// <summary>Waits until the process stops, and says why.</summary>
    private static unsafe (int Signal, int Event) NextStop(int process)
    {
        const int stopped = 0x7F, stoppedToo = 2;
        int status;
        while (Libc.wait4(process, out status, stoppedToo, null) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4 /* EINTR */)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "wait4");
        }
        return (status & 0xFF) == stopped
            ? ((status >> 8) & 0xFF, status >> 16)
            : throw new InvalidOperationException($"the program has not become another one: it ended with status {status:x4}");
    }

    private static void Request(int request, int process, nint data)
    {
        if (Libc.ptrace(request, process, 0, data) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"ptrace {request:x}");
    }

    private static void SetFrom(this TaskCompletionSource<int> source, Func<int> function)
    {
        try
        {
            source.SetResult(function());
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            source.SetException(failure);
        }
    }
}

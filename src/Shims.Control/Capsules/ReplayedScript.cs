using Shims.Cgi;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>Runs the script of a capsule again as the gateway did, but in a session of its own and with pipes for its output.</summary>
/// <remarks>It has no access to the terminal: a program that has it can type into the user's shell (TIOCSTI).</remarks>
/// <param name="capsule">The recorded request.</param>
internal sealed unsafe class ReplayedScript(Capsule capsule)
{
    private const int StackSize = 64 * 1024;

    /// <summary>The longest wait, after the script's end, for a child of it that holds its output open.</summary>
    private static readonly TimeSpan s_outputLimit = TimeSpan.FromSeconds(1);

    /// <summary>The script's environment.</summary>
    internal required IReadOnlyList<CapsuleVariable> Environment { get; init; }

    /// <summary>The destination of its standard output.</summary>
    internal required ScriptOutput Output { get; init; }

    /// <summary>The destination of its standard error.</summary>
    internal required ScriptOutput Error { get; init; }

    private byte[][] Program => capsule.Interpreter.Length == 0 ? [capsule.Script] : [capsule.Interpreter, capsule.Script];

    /// <summary>Runs the script to its end.</summary>
    /// <exception cref="ShimException">It cannot be started.</exception>
    internal ExitStatus Run()
    {
        Libc.CloseOnExecFromThree();
        (int outputEnd, int output) = MakePipe();
        (int errorEnd, int error) = MakePipe();
        using var strings = new NativeStrings();
        var plan = new LaunchPlan
        {
            Path = strings.Add(capsule.Script),
            Directory = strings.Add(capsule.Directory),
            Interpreter = capsule.Interpreter.Length == 0 ? null : strings.Add(capsule.Interpreter),
            Arguments = strings.AddTable((byte[][])[.. Program, .. capsule.Arguments]),
            Environment = strings.AddTable(
                (byte[][])[.. Environment.Select(static variable => (byte[])[.. variable.Name, (byte)'=', .. variable.Value])]),
            Output = output,
            Error = error,
            Data = -1,
            CpuSeconds = capsule.CpuSeconds,
            AddressSpace = capsule.AddressSpace,
            IgnoredSignals = Libc.PrepareToSpawn(),
            LeadsSession = true,
        };
        // As in the gateways: a script without a body finds the end of its input at once.
        plan.Input = capsule.BodyLength == 0 ? Libc.OpenEmpty() : Feed(capsule.Body);
        if (capsule.Data is { } data)
            plan.Data = Feed(data);
        int process = Libc.CloneAndExec(&plan, Libc.AllocateSpan(StackSize), out int descriptor);
        if (process < 0)
        {
            Fault fault = ScriptDiagnosis.Explain(plan);
            throw new ShimException(fault.ExitCode, fault.Cause, fault.Cure);
        }
        Libc.Close(plan.Input);
        Libc.Close(plan.Data);
        Libc.Close(output);
        Libc.Close(error);
        Task[] copies = [Task.Run(() => Output.CopyFrom(outputEnd)), Task.Run(() => Error.CopyFrom(errorEnd))];
        Libc.Close(descriptor);
        ExitStatus status = Libc.ReapWaiting(process);
        Task.WaitAll(copies, s_outputLimit);
        return status;
    }

    /// <summary>Creates a pipe whose reading end is ours.</summary>
    private static (int Ours, int Its) MakePipe()
    {
        if (!Libc.CreatePipe(shimReads: true, out int readEnd, out int writeEnd))
            throw NoPipe();
        Libc.SetNonBlocking(readEnd, false);
        return (readEnd, writeEnd);
    }

    private static ShimException NoPipe() =>
        new(ExitCode.SystemError, $"cannot create a pipe: {ScriptDiagnosis.Name(Libc.Errno)}", "raise the limit on open files: ulimit -n");

    /// <summary>Creates a pipe from which the script reads the content.</summary>
    private static int Feed(byte[] content)
    {
        if (!Libc.CreatePipe(shimReads: false, out int readEnd, out int writeEnd))
            throw NoPipe();
        Libc.SetNonBlocking(writeEnd, false);
        // On a thread of its own, as a script may end without reading its input.
        new Thread(() => Write(writeEnd, content)) { IsBackground = true }.Start();
        return readEnd;
    }

    private static void Write(int pipe, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            nint written = Libc.WriteWaiting(pipe, rest);
            if (written <= 0)
                break; // The script has closed its end.
            rest = rest[(int)written..];
        }
        Libc.Close(pipe);
    }
}

using Shims.Cgi;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>Runs the script of a capsule again, as the gateway did: the same start, but in a session of its own, with pipes for what it writes.</summary>
/// <remarks>It has no way to the terminal: a program that has one can type into the shell of the user who sits there (TIOCSTI).</remarks>
/// <param name="capsule">What it is to find.</param>
internal sealed unsafe class ReplayedScript(Capsule capsule)
{
    private const int StackSize = 64 * 1024;

    /// <summary>A process that the script has left behind, and that holds its output open, is waited for no longer than this.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>The environment to run it in.</summary>
    internal required IReadOnlyList<CapsuleVariable> Environment { get; init; }

    /// <summary>Where its standard output goes.</summary>
    internal required ScriptOutput Output { get; init; }

    /// <summary>Where its standard error goes.</summary>
    internal required ScriptOutput Error { get; init; }

    /// <summary>Runs it to its end.</summary>
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
            Arguments = strings.AddTable((byte[][])[capsule.Script, .. capsule.Arguments]),
            Environment = strings.AddTable((byte[][])[.. Environment.Select(static variable => (byte[])[.. variable.Name, (byte)'=', .. variable.Value])]),
            Output = output,
            Error = error,
            Data = -1,
            CpuSeconds = capsule.CpuSeconds,
            AddressSpace = capsule.AddressSpace,
            IgnoredSignals = Libc.PrepareToSpawn(),
            LeadsSession = true,
        };
        // As the gateways have it: a script without a body finds the end of its input at once.
        plan.Input = capsule.BodyLength == 0 ? Libc.Open("/dev/null\0"u8, Flags.O_RDONLY) : Feed(capsule.Body);
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
        Task.WaitAll(copies, s_patience);
        return status;
    }

    /// <summary>A pipe whose reading end is ours.</summary>
    private static (int Ours, int Its) MakePipe()
    {
        if (!Libc.CreatePipe(shimReads: true, out int readEnd, out int writeEnd))
            throw new ShimException(ExitCode.SystemError, "no pipe can be made", "let this user have more files open: ulimit -n");
        Libc.SetNonBlocking(readEnd, false);
        return (readEnd, writeEnd);
    }

    /// <summary>A pipe that holds so many bytes and then ends.</summary>
    private static int Feed(byte[] content)
    {
        if (!Libc.CreatePipe(shimReads: false, out int readEnd, out int writeEnd))
            throw new ShimException(ExitCode.SystemError, "no pipe can be made", "let this user have more files open: ulimit -n");
        Libc.SetNonBlocking(writeEnd, false);
        // A script that reads nothing must not keep us from seeing its end.
        new Thread(() => Write(writeEnd, content)) { IsBackground = true }.Start();
        return readEnd;
    }

    private static void Write(int pipe, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            nint written = Libc.WriteWaiting(pipe, rest);
            if (written <= 0)
                break; // it has closed its end, which is its right
            rest = rest[(int)written..];
        }
        Libc.Close(pipe);
    }
}

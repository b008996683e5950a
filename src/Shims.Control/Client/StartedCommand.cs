using Shims.Control.Doctor;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>A command that has been started as inetd starts a <c>nowait</c> service: the connection is its descriptors 0 and 1.</summary>
/// <remarks>Descriptor 2 is a pipe, where inetd would have the connection again: so what is said there can be told apart. Nothing else is open in it.</remarks>
internal sealed unsafe class StartedCommand
{
    private readonly TaskCompletionSource<ExitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IGatewayObserver _observer;
    private readonly ErrorOutput _errors;

    private StartedCommand(IGatewayObserver observer, ErrorOutput errors) => (_observer, _errors) = (observer, errors);

    /// <summary>The process id.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>Comes to its end once the process has ended and nobody holds its standard error any more.</summary>
    internal Task<ExitStatus> Ended => _ended.Task;

    /// <summary>Starts it.</summary>
    /// <param name="address">The command, its directory and its environment.</param>
    /// <param name="connection">Its end of the pair of sockets; the caller closes it.</param>
    /// <exception cref="ShimException">It cannot be started.</exception>
    internal static StartedCommand Start(GatewayAddress address, int connection, IGatewayObserver observer, ErrorOutput errors)
    {
        string program = Find(address.Command[0]);
        if (!Libc.CreatePipe(shimReads: true, out int readEnd, out int writeEnd))
            throw new ShimException(ExitCode.SystemError, "no pipe can be made", "let this user have more files open: ulimit -n");
        Libc.SetNonBlocking(readEnd, false);
        var command = new StartedCommand(observer, errors);
        var started = new TaskCompletionSource();
        // A thread of its own: reading the pipe and waiting for the end take time.
        new Thread(() => command.Live(address, program, connection, readEnd, writeEnd, started)) { IsBackground = true, Name = "waits for " + address.Command[0] }.Start();
        started.Task.GetAwaiter().GetResult();
        return command;
    }

    /// <summary>Asks the process to end, if it has not yet. Whoever it has started is not asked.</summary>
    internal void Stop()
    {
        if (!_ended.Task.IsCompleted)
            Libc.Signal(ProcessId, Flags.SIGTERM);
    }

    private void Live(GatewayAddress address, string program, int connection, int readEnd, int writeEnd, TaskCompletionSource started)
    {
        try
        {
            ProcessId = Spawn(address, program, connection, writeEnd);
        }
        catch (ShimException exception)
        {
            Libc.Close(readEnd);
            started.SetException(exception);
            return;
        }
        finally
        {
            Libc.Close(writeEnd);
        }
        started.SetResult();
        var buffer = new byte[4096];
        for (int count; (count = (int)Libc.ReadWaiting(readEnd, buffer)) > 0;)
        {
            _errors.Add(buffer.AsSpan(0, count));
            _observer.OnStandardError(buffer.AsSpan(0, count));
        }
        Libc.Close(readEnd);
        _ended.SetResult(Libc.ReapWaiting(ProcessId));
    }

    private static int Spawn(GatewayAddress address, string program, int connection, int error)
    {
        using var strings = new NativeStrings();
        var plan = new LaunchPlan
        {
            Path = strings.Add(program),
            Arguments = strings.AddTable(address.Command),
            Environment = address.Environment is { } given ? strings.AddTable(given) : strings.AddTable(InheritedEnvironment.Entries()),
            Directory = strings.Add(address.Directory ?? Environment.CurrentDirectory),
            Input = connection,
            Output = connection,
            Error = error,
            Data = -1,
        };
        // What whoever started us has left open is not for the command.
        Libc.CloseOnExecFromThree();
        int process = Libc.Launch(&plan, out int descriptor);
        Libc.Close(descriptor);
        return process > 0 ? process : throw Explain(program, plan);
    }

    /// <exception cref="ShimException">There is no such program.</exception>
    private static string Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return Path.GetFullPath(program);
        return InstalledPrograms.Find(program)
            ?? throw new ShimException(ExitCode.SystemError, $"cannot start {program}: it is neither beside shimctl nor on the PATH", "write its path, for example exec:'/usr/local/libexec/scgi-run ...'");
    }

    private static ShimException Explain(string program, in LaunchPlan plan)
    {
        string quoted = ShellWord.Quote(program);
        (string cause, string cure) = plan switch
        {
            { FailedAt: LaunchStep.Directory } => ("its working directory cannot be entered", "start it from another"),
            { FailedAt: LaunchStep.Exec, Errno: Errno.ENOENT } when File.Exists(program) => ("what its line 1, or its format, needs to run it does not exist (ENOENT)", $"see what that is: head -n 1 {quoted}; file {quoted}"),
            { FailedAt: LaunchStep.Exec, Errno: Errno.ENOENT } => ("there is no such file (ENOENT)", $"write its path right: ls -l {quoted}"),
            { FailedAt: LaunchStep.Exec, Errno: Errno.EACCES } when Directory.Exists(program) => ("it is a directory (EACCES)", "write the program's path"),
            { FailedAt: LaunchStep.Exec, Errno: Errno.EACCES } => ("permission denied (EACCES)", $"let it be executable, and every directory above it searchable: chmod +x {quoted}; namei -l {quoted}"),
            { FailedAt: LaunchStep.Exec, Errno: Errno.ENOEXEC } => ("the kernel does not know its format (ENOEXEC)", "begin a script with #! and the path of its interpreter"),
            { FailedAt: LaunchStep.Fork } => ($"no process can be made (error {plan.Errno})", "let this user have more processes: ulimit -u"),
            _ => ($"the system refused ({plan.FailedAt}, error {plan.Errno})", "look the number up: errno(3)"),
        };
        return new ShimException(ExitCode.SystemError, $"cannot start {program}: {cause}", cure);
    }
}

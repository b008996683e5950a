using System.Text;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>A command that was started as inetd starts a <c>nowait</c> service, with the connection as descriptors 0 and 1.</summary>
/// <remarks>Descriptor 2 is a pipe, and not the connection as under inetd, to keep standard error apart. No other descriptor is
/// open.</remarks>
internal sealed class StartedCommand : IWatcher
{
    private readonly TaskCompletionSource _errorsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StartedProcess _process;
    private readonly IGatewayObserver _observer;
    private readonly ErrorOutput _errors;
    private int _pipe;

    private StartedCommand(StartedProcess process, int pipe, IGatewayObserver observer, ErrorOutput errors)
    {
        (_process, _pipe, _observer, _errors) = (process, pipe, observer, errors);
        Ended = EndAsync();
        ProcessStarter.Instance.Loop.Watch(pipe, Readiness.Read, this);
    }

    /// <summary>The number of the process.</summary>
    internal int ProcessId => _process.Id;

    /// <summary>Completed when the process has ended and no process holds its standard error open.</summary>
    internal Task<ExitStatus> Ended { get; }

    /// <summary>Starts a command.</summary>
    /// <param name="address">The command, its directory and its environment.</param>
    /// <param name="connection">The command's end of the socket pair; the caller closes it.</param>
    /// <exception cref="ShimException">The command cannot be started.</exception>
    internal static async Task<StartedCommand> StartAsync(GatewayAddress address, int connection, IGatewayObserver observer,
        ErrorOutput errors)
    {
        string program = Find(address.Command[0]);
        if (!Libc.CreatePipe(shimReads: true, out int readEnd, out int writeEnd))
        {
            throw new ShimException(ExitCode.SystemError, $"cannot create a pipe: {Cgi.ScriptDiagnosis.Name(Libc.Errno)}",
                "raise the limit on open files: ulimit -n");
        }
        var start = new ProcessStart(program, address.Command)
        {
            Environment = address.Environment is { } given ? [.. given.Select(Encoding.UTF8.GetBytes)]
                : Processes.InheritedEnvironment.Entries(),
            Directory = address.Directory ?? Environment.CurrentDirectory,
            Connection = connection,
            Error = writeEnd,
        };
        try
        {
            return await ProcessStarter.Instance.StartAsync(() =>
                new StartedCommand(ProcessStarter.Instance.Start(start), readEnd, observer, errors));
        }
        catch
        {
            Libc.Close(readEnd);
            throw;
        }
        finally
        {
            Libc.Close(writeEnd);
        }
    }

    /// <summary>Sends SIGTERM to the process at once, as this process may be about to end too. Its children are not signalled.</summary>
    internal void Stop() => _process.Signal(Flags.SIGTERM);

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        Span<byte> buffer = stackalloc byte[4096];
        nint count;
        while ((count = Libc.Read(_pipe, buffer)) > 0)
        {
            _errors.Add(buffer[..(int)count]);
            _observer.OnStandardError(buffer[..(int)count]);
        }
        if (count < 0 && Libc.WouldBlock)
            return;
        ProcessStarter.Instance.Loop.Close(ref _pipe);
        _errorsEnded.SetResult();
    }

    private async Task<ExitStatus> EndAsync()
    {
        await _errorsEnded.Task;
        return await _process.Ended;
    }

    /// <exception cref="ShimException">The program does not exist.</exception>
    private static string Find(string program)
    {
        if (!program.Contains('/', StringComparison.Ordinal))
        {
            return InstalledPrograms.Find(program)
                ?? throw new ShimException(ExitCode.SystemError,
                    $"cannot start {program}: command not found beside shimctl and on the PATH",
                    "write its path, for example exec:'/usr/local/libexec/scgi-run ...'");
        }
        string path = Path.GetFullPath(program);
        bool isThere = Libc.TryGetStatus(Encoding.UTF8.GetBytes(path + "\0"), follow: true, out FileStatus status);
        if (!isThere && Libc.Errno is Errno.ENOENT)
            throw new ShimException(ExitCode.SystemError, $"cannot start {path}: no such file or directory (ENOENT)", "correct the path");
        return isThere && status.IsDirectory
            ? throw new ShimException(ExitCode.SystemError, $"cannot start {path}: it is a directory (EACCES)", "name a program in it")
            : path;
    }
}

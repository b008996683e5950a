using System.Text;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Client;

/// <summary>A command that has been started as inetd starts a <c>nowait</c> service: the connection is its descriptors 0 and 1.</summary>
/// <remarks>Descriptor 2 is a pipe, where inetd would have the connection again: so what is said there can be told apart. Nothing else is open in it.</remarks>
internal sealed class StartedCommand : IWatcher
{
    private readonly TaskCompletionSource _hasNothingToSay = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    /// <summary>Comes to its end once the process has ended and nobody holds its standard error any more.</summary>
    internal Task<ExitStatus> Ended { get; }

    /// <summary>Starts it.</summary>
    /// <param name="address">The command, its directory and its environment.</param>
    /// <param name="connection">Its end of the pair of sockets; the caller closes it.</param>
    /// <exception cref="ShimException">It cannot be started.</exception>
    internal static async Task<StartedCommand> StartAsync(GatewayAddress address, int connection, IGatewayObserver observer, ErrorOutput errors)
    {
        string program = Find(address.Command[0]);
        if (!Libc.CreatePipe(shimReads: true, out int readEnd, out int writeEnd))
            throw new ShimException(ExitCode.SystemError, "no pipe can be made", "let this user have more files open: ulimit -n");
        var start = new ProcessStart(program, address.Command)
        {
            Environment = address.Environment is { } given ? [.. given.Select(Encoding.UTF8.GetBytes)] : InheritedEnvironment.Entries(),
            Directory = address.Directory ?? Environment.CurrentDirectory,
            Connection = connection,
            Error = writeEnd,
        };
        try
        {
            return await ProcessStarter.Instance.StartAsync(() => new StartedCommand(ProcessStarter.Instance.Start(start), readEnd, observer, errors));
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

    /// <summary>Asks the process to end, if it has not yet, at once: this process may be about to end too. What it has started is not asked.</summary>
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
        _hasNothingToSay.SetResult();
    }

    private async Task<ExitStatus> EndAsync()
    {
        await _hasNothingToSay.Task;
        return await _process.Ended;
    }

    /// <exception cref="ShimException">There is no such program.</exception>
    private static string Find(string program)
    {
        if (!program.Contains('/', StringComparison.Ordinal))
        {
            return InstalledPrograms.Find(program)
                ?? throw new ShimException(ExitCode.SystemError, $"cannot start {program}: it is neither beside shimctl nor on the PATH", "write its path, for example exec:'/usr/local/libexec/scgi-run ...'");
        }
        string path = Path.GetFullPath(program);
        bool isThere = Libc.TryGetStatus(Encoding.UTF8.GetBytes(path + "\0"), follow: true, out FileStatus status);
        if (!isThere && Libc.Errno is Errno.ENOENT)
            throw new ShimException(ExitCode.SystemError, $"cannot start {path}: there is no such file (ENOENT)", $"write its path right: ls -l {ShellWords.Quote(path)}");
        return isThere && status.IsDirectory ? throw new ShimException(ExitCode.SystemError, $"cannot start {path}: it is a directory (EACCES)", "write the program's path") : path;
    }
}

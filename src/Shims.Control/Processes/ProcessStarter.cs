using System.Collections.Concurrent;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Processes;

/// <summary>Starts programs and sees them end, on one thread for all of them. Nothing but their descriptors 0 to 2 is open in them.</summary>
internal sealed unsafe class ProcessStarter : IWatcher
{
    private readonly int _wake = Libc.CreateEvent();
    private readonly ConcurrentQueue<Action> _work = new();

    private ProcessStarter()
    {
        // What this process was started with is not for the programs.
        Libc.CloseOnExecFromThree();
        new Thread(Run) { IsBackground = true, Name = "programs" }.Start();
    }

    /// <summary>The one of this process, which has its thread from the first use on.</summary>
    internal static ProcessStarter Instance { get; } = new();

    /// <summary>Only for the thread that it belongs to.</summary>
    internal EventLoop Loop { get; } = new();

    /// <summary>Starts something on the thread.</summary>
    /// <param name="start">Calls <see cref="Start"/>, and watches what else there is to watch.</param>
    /// <exception cref="ShimException">The system refused.</exception>
    internal Task<T> StartAsync<T>(Func<T> start)
    {
        var started = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                started.SetResult(start());
            }
            catch (Exception exception) when (exception is ShimException or OutOfMemoryException)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    /// <summary>Does something on the thread.</summary>
    internal void Post(Action work)
    {
        _work.Enqueue(work);
        long one = 1;
        Libc.Write(_wake, new ReadOnlySpan<byte>(&one, sizeof(long)));
    }

    /// <summary>Starts a program. Only on the thread.</summary>
    /// <exception cref="ShimException">The system refused.</exception>
    internal StartedProcess Start(ProcessStart start)
    {
        using var strings = new NativeStrings();
        var plan = new LaunchPlan
        {
            Path = strings.Add(start.Path),
            Arguments = strings.AddTable(start.Words),
            Environment = strings.AddTable(start.Environment),
            Directory = strings.Add(start.Directory),
            Input = start.Connection,
            Output = start.Connection,
            Error = start.Error,
            Data = -1,
            IsSupervised = start.LeadsGroup,
        };
        int id = Libc.PosixSpawn(&plan, out int descriptor);
        if (id < 0)
        {
            Fault fault = ScriptDiagnosis.Explain(plan);
            throw new ShimException(ExitCode.SystemError, fault.Cause, fault.Cure);
        }
        if (descriptor >= 0)
            return new StartedProcess(Loop, id, descriptor);
        Libc.Signal(id, Flags.SIGKILL);
        Libc.ReapWaiting(id);
        throw new ShimException(ExitCode.SystemError, $"no descriptor can be had to watch {start.Path} by", "let this user have more files open: ulimit -n");
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        Libc.Read(_wake, counter);
        while (_work.TryDequeue(out Action? next))
            next();
    }

    private void Run()
    {
        Loop.Watch(_wake, Readiness.Read, this);
        while (true)
            Loop.RunOnce();
    }
}

using System.Collections.Concurrent;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Processes;

/// <summary>Starts and reaps programs, on one thread for all of them. They have only descriptors 0 to 2 open.</summary>
internal sealed unsafe class ProcessStarter : IWatcher
{
    private readonly int _wake = Libc.CreateEvent();
    private readonly ConcurrentQueue<Action> _work = new();

    private ProcessStarter()
    {
        // Do not leak inherited descriptors to the programs.
        Libc.CloseOnExecFromThree();
        new Thread(Run) { IsBackground = true, Name = "programs" }.Start();
    }

    /// <summary>The only instance, whose thread starts at the first use.</summary>
    internal static ProcessStarter Instance { get; } = new();

    /// <summary>The loop of the thread, for use on that thread only.</summary>
    internal EventLoop Loop { get; } = new();

    /// <summary>Runs a function on the thread that starts a program.</summary>
    /// <param name="start">Calls <see cref="Start"/>, and watches further descriptors.</param>
    /// <exception cref="ShimException">The program cannot be started.</exception>
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

    /// <summary>Runs an action on the thread.</summary>
    internal void Post(Action work)
    {
        _work.Enqueue(work);
        long one = 1;
        Libc.Write(_wake, new ReadOnlySpan<byte>(&one, sizeof(long)));
    }

    /// <summary>Starts a program. Only on the thread.</summary>
    /// <exception cref="ShimException">The program cannot be started.</exception>
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
        if (id >= 0)
            return new StartedProcess(Loop, id, descriptor);
        Fault fault = ScriptDiagnosis.Explain(plan);
        throw new ShimException(ExitCode.SystemError, fault.Cause, fault.Cure);
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

using System.Collections.Concurrent;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Serving;

/// <summary>
/// Does what inetd does: starts a program with a connection as its descriptors 0, 1 and 2, and nothing else open. One thread starts all of them and sees them end, so that
/// none is left behind, and those that are still there end with it.
/// </summary>
/// <remarks>
/// Each program leads a process group of its own, so that a ctrl-C at the terminal reaches this process alone, which then ends them.
/// </remarks>
internal sealed unsafe class ProgramStarter : IWatcher
{
    private readonly int _wake = Libc.CreateEvent();
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly HashSet<StartedProgram> _running = [];
    private readonly TaskCompletionSource _nothingRuns = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    internal ProgramStarter()
    {
        // What whoever started us has left open is not for the programs.
        Libc.CloseOnExecFromThree();
        new Thread(Run) { IsBackground = true, Name = "programs" }.Start();
    }

    /// <summary>Only for the thread that it belongs to.</summary>
    internal EventLoop Loop { get; } = new();

    /// <summary>Starts a program.</summary>
    /// <exception cref="ShimException">The system refused.</exception>
    internal Task<StartedProgram> StartAsync(ProgramLaunch launch)
    {
        var started = new TaskCompletionSource<StartedProgram>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                started.SetResult(Start(launch));
            }
            catch (Exception exception) when (exception is ShimException or OutOfMemoryException)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    /// <summary>Ends what still runs: SIGTERM, and two seconds later SIGKILL.</summary>
    /// <returns>When nothing runs any more.</returns>
    internal Task StopAllAsync()
    {
        Post(() =>
        {
            _isStopping = true;
            foreach (StartedProgram program in _running)
                program.Stop();
            TellIfNothingRuns();
        });
        return _nothingRuns.Task;
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        Libc.Read(_wake, counter);
        while (_work.TryDequeue(out Action? next))
            next();
    }

    internal void OnEnded(StartedProgram program)
    {
        _running.Remove(program);
        Loop.Remove(program);
        TellIfNothingRuns();
    }

    private void Run()
    {
        Loop.Watch(_wake, Readiness.Read, this);
        while (true)
            Loop.RunOnce();
    }

    private void Post(Action work)
    {
        _work.Enqueue(work);
        long one = 1;
        Libc.Write(_wake, new ReadOnlySpan<byte>(&one, sizeof(long)));
    }

    private void TellIfNothingRuns()
    {
        if (_isStopping && _running.Count == 0)
            _nothingRuns.TrySetResult();
    }

    private StartedProgram Start(ProgramLaunch launch)
    {
        if (_isStopping)
            throw new ShimException(ExitCode.SystemError, "the server is ending", "start it again");
        if (!Libc.CreateSocketPair(out int ours, out int theirs))
            throw new ShimException(ExitCode.SystemError, $"the system refused a pair of sockets (error {Libc.Errno})", "raise the limit on open files (ulimit -n), or send fewer requests at a time");
        using var strings = new NativeStrings();
        var plan = new LaunchPlan
        {
            Path = strings.Add(launch.Path),
            Arguments = strings.AddTable(launch.Words),
            Environment = strings.AddTable([.. launch.Environment.Select(System.Text.Encoding.UTF8.GetBytes), .. InheritedEnvironment.Entries()]),
            Directory = strings.Add("/"),
            Input = theirs,
            Output = theirs,
            Error = theirs,
            Data = -1,
            IsSupervised = true,
        };
        int id = Libc.Launch(&plan, out int processDescriptor);
        Libc.Close(theirs);
        if (id < 0)
        {
            Libc.Close(ours);
            Fault fault = ScriptDiagnosis.Explain(plan);
            throw new ShimException(ExitCode.SystemError, fault.Cause, fault.Cure);
        }
        var program = new StartedProgram(this, launch, id, processDescriptor, ours);
        _running.Add(program);
        Loop.Add(program);
        Loop.Watch(processDescriptor, Readiness.Read, program);
        Loop.Watch(ours, Readiness.Write, program);
        return program;
    }
}

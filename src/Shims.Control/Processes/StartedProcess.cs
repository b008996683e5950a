using Shims.Posix;

namespace Shims.Control.Processes;

/// <summary>A process that this one has started and collects when it has ended.</summary>
internal sealed class StartedProcess : IWatcher
{
    private readonly TaskCompletionSource<ExitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _collecting = new();
    private readonly EventLoop _loop;
    private int _descriptor;

    /// <param name="loop">Where its end is waited for. All but <see cref="Ended"/>, <see cref="Signal"/> and <see cref="SignalGroup"/> belongs to that loop's thread.</param>
    /// <param name="id">The process id.</param>
    /// <param name="descriptor">Becomes readable when it ends.</param>
    internal StartedProcess(EventLoop loop, int id, int descriptor)
    {
        (_loop, Id, _descriptor) = (loop, id, descriptor);
        loop.Watch(descriptor, Readiness.Read, this);
    }

    /// <summary>The process id.</summary>
    internal int Id { get; }

    /// <summary>How it ended, once it has.</summary>
    internal Task<ExitStatus> Ended => _ended.Task;

    /// <summary>Is called when it has ended.</summary>
    internal Action? OnEnd { get; set; }

    /// <summary>Whether what is left of its group then is ended with it.</summary>
    internal bool EndsGroup { get; set; }

    /// <summary>Sends a signal, unless it has ended.</summary>
    internal void Signal(int number)
    {
        lock (_collecting)
        {
            if (!_ended.Task.IsCompleted)
                Libc.Signal(Id, number);
        }
    }

    /// <summary>Sends a signal to all of its group, unless it has ended.</summary>
    internal void SignalGroup(int number)
    {
        lock (_collecting)
        {
            if (!_ended.Task.IsCompleted)
                Libc.SignalGroup(Id, number);
        }
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        // Before it is collected, its number cannot mean anybody else.
        if (EndsGroup)
            Libc.SignalGroup(Id, Flags.SIGKILL);
        lock (_collecting)
        {
            if (!Libc.TryReap(Id, out ExitStatus status))
                return;
            _ended.SetResult(status);
        }
        _loop.Close(ref _descriptor);
        OnEnd?.Invoke();
    }
}

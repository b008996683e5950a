using Shims.Posix;

namespace Shims.Control.Processes;

/// <summary>A child process, which is reaped when it ends.</summary>
internal sealed class StartedProcess : IWatcher
{
    private readonly TaskCompletionSource<ExitStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reaping = new();
    private readonly EventLoop _loop;
    private int _descriptor;

    /// <param name="loop">The loop that waits for its end. Only <see cref="Ended"/>, <see cref="Signal"/> and <see cref="SignalGroup"/> may
    /// be used on other threads.</param>
    /// <param name="id">The process id.</param>
    /// <param name="descriptor">A descriptor that becomes readable at its end.</param>
    internal StartedProcess(EventLoop loop, int id, int descriptor)
    {
        (_loop, Id, _descriptor) = (loop, id, descriptor);
        loop.Watch(descriptor, Readiness.Read, this);
    }

    /// <summary>The process id.</summary>
    internal int Id { get; }

    /// <summary>Its exit status, once it has ended.</summary>
    internal Task<ExitStatus> Ended => _ended.Task;

    /// <summary>Called when it has ended.</summary>
    internal Action? OnEnd { get; set; }

    /// <summary>Whether to kill the rest of its process group when it ends.</summary>
    internal bool EndsGroup { get; set; }

    /// <summary>Sends a signal to the process, unless it has ended.</summary>
    internal void Signal(int number)
    {
        lock (_reaping)
        {
            if (!_ended.Task.IsCompleted)
                Libc.Signal(Id, number);
        }
    }

    /// <summary>Sends a signal to its process group, unless the process has ended.</summary>
    internal void SignalGroup(int number)
    {
        lock (_reaping)
        {
            if (!_ended.Task.IsCompleted)
                Libc.SignalGroup(Id, number);
        }
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        // Before it is reaped, no other process can have its id.
        if (EndsGroup)
            Libc.SignalGroup(Id, Flags.SIGKILL);
        lock (_reaping)
        {
            if (!Libc.TryReap(Id, out ExitStatus status))
                return;
            _ended.SetResult(status);
        }
        _loop.Close(ref _descriptor);
        OnEnd?.Invoke();
    }
}

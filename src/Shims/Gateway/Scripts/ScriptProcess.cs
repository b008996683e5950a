using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>A running script: watched until it ends, and ended with its whole process group when its time is over or its response is no longer wanted.</summary>
internal sealed class ScriptProcess : IWatcher, IDeadline, IRunningScript, IRunningRequest
{
    private readonly LoopContext _context;
    private readonly IRequestObserver? _observer;
    private readonly AccessEntry? _access;
    private readonly long _startedAt;
    private readonly int _seconds;
    private readonly long _cpuSeconds;
    private int _descriptor;
    private int _slot;
    private long _deadline;

    private ScriptProcess(Exchange exchange, in LaunchPlan plan, int id, int descriptor)
    {
        LoopContext context = _context = exchange.Context;
        _observer = exchange.Observer;
        _access = exchange.Outcome.Access;
        Mode = exchange.Outcome.Mode;
        _seconds = context.Options.Target.Options?.SectionOf(plan)?.Seconds ?? context.Limits.ScriptSecondsOrDefault;
        _cpuSeconds = plan.CpuSeconds;
        Id = id;
        _descriptor = descriptor;
        _startedAt = _context.Loop.Now;
        _deadline = TimeLimit;
    }

    /// <summary>The owner, which is told of the end; null once it no longer wants to know.</summary>
    internal IScriptOwner? Owner
    {
        get;
        set
        {
            field = value;
            Subject = value?.Script ?? Subject;
        }
    }

    /// <inheritdoc/>
    public string Subject { get; private set; } = "";

    /// <inheritdoc/>
    public RequestMode Mode { get; }

    int IRunningRequest.Process => Id;

    long IRunningRequest.StartedAt => _startedAt;

    /// <summary>Its number.</summary>
    public int Id { get; }

    internal bool HasEnded { get; private set; }

    /// <summary>The exit status, once it has ended.</summary>
    internal ExitStatus Status { get; private set; }

    /// <summary>The reason for which it was told to end, if it was.</summary>
    internal StopReason Stopped { get; private set; }

    public long Deadline => _deadline;

    /// <summary>The exit status; 0 if it has not ended.</summary>
    internal int ExitCode => HasEnded ? Status.Code : 0;

    /// <summary>True if its time is over, and that of all processes that it has left.</summary>
    internal bool IsTimeOver => _context.Loop.Now >= TimeLimit;

    private long TimeLimit => _startedAt + _seconds * 1000L;

    /// <summary>Starts the script.</summary>
    /// <param name="exchange">Its request; the slot goes over to the process, which may outlive it.</param>
    /// <param name="plan">The program to start; after a failure, where and why it failed.</param>
    /// <returns>Null after a failure.</returns>
    internal static ScriptProcess? Start(Exchange exchange, ref LaunchPlan plan)
    {
        LoopContext context = exchange.Context;
        if (plan.CpuSeconds == 0)
            plan.CpuSeconds = context.Limits.CpuSeconds;
        if (plan.AddressSpace == 0)
            plan.AddressSpace = context.Limits.AddressSpace;
        int id = context.Launcher.Start(ref plan, out int descriptor);
        return id < 0 ? null : Watch(exchange, plan, id, descriptor);
    }

    /// <summary>Watches a script that was started before the runtime was.</summary>
    internal static ScriptProcess TakeOver(Exchange exchange, StartedScript script) =>
        Watch(exchange, default, script.Process, script.ProcessDescriptor);

    private static ScriptProcess Watch(Exchange exchange, in LaunchPlan plan, int id, int descriptor)
    {
        LoopContext context = exchange.Context;
        var process = new ScriptProcess(exchange, plan, id, descriptor) { _slot = exchange.Slot };
        exchange.Slot = -1;
        context.Loop.Watch(descriptor, Readiness.Read, process);
        context.Loop.Add(process);
        context.Scripts.Add(process);
        context.Service.Requests.Started();
        context.Service.Watch?.Add(process);
        return process;
    }

    /// <summary>Asks the script and all that it started to end, and ends them if they do not.</summary>
    public void Stop(StopReason reason)
    {
        if (HasEnded || Stopped != StopReason.None)
            return;
        Stopped = reason;
        _context.Launcher.SignalGroup(Id, Flags.SIGTERM);
        _deadline = _context.Loop.Now + Limits.KillGrace;
        _context.Loop.WakeBy(_deadline);
    }

    /// <summary>Ends the processes that the script has left, and the script itself if it still runs.</summary>
    public void EndGroup() => _context.Launcher.SignalGroup(Id, Flags.SIGKILL);

    /// <summary>The time until which processes that hold its output may go on, now that it has ended.</summary>
    /// <param name="lastWritten">The time when they last wrote, or it ended.</param>
    internal long HoldersTime(long lastWritten) => Math.Min(lastWritten + _context.Limits.OutputWaitSeconds * 1000L, TimeLimit);

    /// <summary>True if its response can be taken for complete although processes that it has started hold its output, and their time is over.</summary>
    /// <param name="haveWritten">True if they have written since it ended: then what is still being written when its time is over is not all of it.</param>
    internal bool HasAnswered(bool haveWritten) => ExitCode == 0 && !(IsTimeOver && haveWritten);

    /// <summary>Tells of an exit status that says that something went wrong, though a response has gone out.</summary>
    internal void TellOfExitCode(Exchange exchange, string script)
    {
        var fault = new Fault(502, $"{script} ended with exit status {Status.Code}, so its response may be incomplete", $"see what it wrote to standard error, or run shimctl doctor {script}");
        exchange.Report(exchange.Observer?.Exited(fault) ?? fault);
    }

    /// <summary>Tells of a web server that has left, if that may have been its patience, or if the request is kept.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="script">The script's path.</param>
    /// <param name="hasAnswered">True if the response had begun.</param>
    /// <param name="goesOn">True if the script is not ended: <c>--client-gone finish</c>.</param>
    internal void TellOfPeerGone(Exchange exchange, string script, bool hasAnswered, bool goesOn = false)
    {
        long elapsed = _context.Loop.Now - _startedAt;
        Fault fault = PeerGone.Explain(exchange, elapsed, hasAnswered, $"{script} {(goesOn ? "goes on" : "was ended")}");
        Fault? kept = exchange.Observer?.Abandoned(fault);
        if (kept is not null || PeerGone.IsWorthALine(elapsed))
            exchange.Report(kept ?? fault);
    }

    /// <summary>The fault of a script that did not end well; null if it did.</summary>
    /// <param name="script">Its path.</param>
    internal Fault? Failure(string script)
    {
        switch (Stopped)
        {
            case StopReason.TimedOut:
                return new Fault(504, $"{script} took longer than {_seconds} s and was ended", "make it faster, or raise --timeout");
            case StopReason.Shutdown:
                return new Fault(503, $"{script} was ended because the shim was told to end", "nothing to do: send the request again");
        }
        if (Status.IsUnknown)
            return new Fault(502, $"the exit status of {script} is unknown (ECHILD): another process or thread has collected it", "see whether the program that starts this one collects children of others");
        return Status.Signal switch
        {
            0 => null,
            Flags.SIGXCPU when _cpuSeconds > 0 =>
                new Fault(502, $"{script} used more than {_cpuSeconds} s of processor time and was ended",
                "make it cheaper, or raise --cpu"),
            Flags.SIGKILL => new Fault(502, $"{script} was killed (signal 9)", "look for the out-of-memory killer in the kernel's log (dmesg), or for the process that sent the signal"),
            int signal => new Fault(502, $"{script} was ended by signal {signal}{(Status.IsCoreDumped ? " (core dumped)" : "")}", "run it by hand to see where it fails"),
        };
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        // Before it is collected, its number cannot mean another process: the rest of the group of a script that was told to end goes with it.
        if (Stopped != StopReason.None)
            _context.Launcher.SignalGroup(Id, Flags.SIGKILL);
        if (!_context.Launcher.TryReap(Id, out ExitStatus status))
            return;
        // Children of a script that crashed may hold the connection, and would keep the client waiting for output that never comes.
        if (status.Signal != 0)
            _context.Launcher.SignalGroup(Id, Flags.SIGKILL);
        Status = status;
        HasEnded = true;
        _deadline = long.MaxValue;
        _context.Loop.Close(ref _descriptor);
        _context.Loop.Remove(this);
        _context.Service.Slots.GiveBack(_slot);
        _context.SlotFreed();
        _context.Scripts.Remove(this);
        _context.Service.Requests.Ended(_context.Loop.Now);
        _context.Service.Watch?.Remove(this, _context.Loop.Now);
        _observer?.Ended(status);
        _access?.Ended(status);
        Owner?.OnScriptEnded();
    }

    void IDeadline.OnDeadline()
    {
        if (Stopped == StopReason.None)
        {
            Stop(StopReason.TimedOut);
            return;
        }
        _context.Launcher.SignalGroup(Id, Flags.SIGKILL);
        _deadline = long.MaxValue;
    }
}

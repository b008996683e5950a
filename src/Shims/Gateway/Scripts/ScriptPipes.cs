using Shims.Cgi;
using Shims.Early;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>The pipes around a script: the request's streams go in, output and errors come out.</summary>
internal sealed class ScriptPipes(Exchange exchange, IWatcher watcher)
{
    private PipeWriter? _data;

    /// <summary>The body's way in; null if there is none.</summary>
    internal PipeWriter? Input { get; private set; }

    internal ScriptOutput Output { get; } = new(exchange);

    internal ScriptErrors Errors { get; } = new(exchange);

    /// <summary>True if the script cannot be given all of what it is to read.</summary>
    internal bool IsInputLost => exchange.Body.IsLost || exchange.Data is { IsLost: true };

    /// <summary>Puts the pipes around a script that is started now, or that runs already.</summary>
    /// <param name="plan">The script. Descriptors are filled in here.</param>
    /// <param name="waiting">A script that runs already; null if there is none.</param>
    /// <returns>Null after a failure; the plan says why.</returns>
    internal ScriptProcess? Start(ref LaunchPlan plan, WaitingScript? waiting)
    {
        if (exchange.BodyLength != 0 || exchange.Data is not null || waiting is null || !waiting.TryTake(plan, out StartedScript script))
            return Spawn(ref plan);
        Output.Open(script.Output, watcher);
        Errors.Open(script.Error, watcher);
        return ScriptProcess.TakeOver(exchange, script);
    }

    /// <summary>The time to try again something that was held up.</summary>
    internal long Deadline => Math.Min(Errors.RetryAt, Input?.FullUntil ?? long.MaxValue);

    /// <summary>The deadline may have come.</summary>
    internal void OnDeadline()
    {
        if (Input is { } input && input.FullUntil <= exchange.Context.Loop.Now)
            input.StopWaiting();
        if (Errors.RetryAt <= exchange.Context.Loop.Now)
            Errors.StopWaiting();
    }

    /// <summary>A pipe has told of something.</summary>
    /// <returns>True if the script has written; else it has read.</returns>
    internal bool OnReady(int descriptor, Readiness readiness)
    {
        if (descriptor == Output.Descriptor)
            Output.OnReady(readiness);
        else if (descriptor == Errors.Descriptor)
            Errors.LookAgain();
        else
            return false;
        return true;
    }

    /// <summary>The script has ended: what it wrote last may have come in unnoticed.</summary>
    internal void LookAgain()
    {
        Output.LookAgain();
        Errors.LookAgain();
    }

    /// <summary>Passes the request on, as far as there is room.</summary>
    internal void WriteAvailable()
    {
        Input?.WriteAvailable();
        _data?.WriteAvailable();
    }

    /// <summary>Stops passing the request on: nothing reads the rest of it.</summary>
    internal void StopFeeding()
    {
        Input?.Stop();
        _data?.Stop();
    }

    /// <summary>Closes all pipes.</summary>
    /// <param name="script">The script, for the log.</param>
    internal void Close(string script)
    {
        StopFeeding();
        Output.Dispose();
        Errors.Close(script);
    }

    private ScriptProcess? Spawn(ref LaunchPlan plan)
    {
        LoopContext context = exchange.Context;
        ScriptProcess? process = null;
        int input = context.Service.NullDevice, data = -1, output = -1, error = -1, outputPipe = -1, errorPipe = -1;
        if (exchange.BodyLength != 0)
            Input = new PipeWriter(context.Loop, exchange.Body, watcher);
        if (exchange.Data is { } second)
            _data = new PipeWriter(context.Loop, second, watcher);
        bool isReady = (Input is null || Input.Open(exchange.BodyLength, out input))
            && (_data is null || _data.Open(ContentLength.Unknown, out data))
            && Libc.CreatePipe(shimReads: true, out outputPipe, out output)
            && Libc.CreatePipe(shimReads: true, out errorPipe, out error);
        (plan.Input, plan.Output, plan.Error, plan.Data) = (input, output, error, data);
        if (isReady)
            process = ScriptProcess.Start(exchange, ref plan);
        else
            (plan.FailedAt, plan.Errno) = (LaunchStep.Descriptors, Libc.Errno);
        if (input != context.Service.NullDevice)
            Libc.Close(input);
        Libc.Close(data);
        Libc.Close(output);
        Libc.Close(error);
        Output.Open(outputPipe, watcher);
        Errors.Open(errorPipe, watcher);
        return process;
    }
}

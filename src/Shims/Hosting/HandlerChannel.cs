using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Hosting;

/// <summary>The channel between a handler and the loop that serves it, from the handler's side: the body comes in, and the response goes out.</summary>
/// <remarks>
/// One lock guards all of it, and is never held while the loop goes round. The handler touches nothing beyond what is held here, and so may go on after the web server
/// has gone, until it next reads or writes. The loop's side is <see cref="HandlerResponse"/>.
/// </remarks>
internal sealed class HandlerChannel : IErrorWriter, IRunningRequest
{
    private readonly Exchange _exchange;
    private readonly HandlerScheduler _scheduler;
    private int _waiting;

    /// <param name="exchange">The request.</param>
    /// <param name="scheduler">Says which thread does what.</param>
    /// <param name="ended">As <see cref="HandOff"/> has it.</param>
    internal HandlerChannel(Exchange exchange, HandlerScheduler scheduler, Action ended)
    {
        _exchange = exchange;
        _scheduler = scheduler;
        HandOff = new HandOff(ended);
        Input = new HandlerInput(isWhole: exchange.BodyLength == 0);
        Output = new HandlerOutput(exchange);
        RequestId = exchange.RequestId;
        Variables = exchange.Variables.Block.ToArray();
        BodyLength = exchange.BodyLength;
    }

    /// <summary>Guards <see cref="HandOff"/>, <see cref="Input"/>, <see cref="Output"/> and <see cref="Fault"/>; a handler that waits is woken through it.</summary>
    internal object Sync { get; } = new();

    /// <summary>The hand-over of the request.</summary>
    internal HandOff HandOff { get; }

    /// <summary>The part of the body that is ready.</summary>
    internal HandlerInput Input { get; }

    /// <summary>The part of the response that is held.</summary>
    internal HandlerOutput Output { get; }

    /// <summary>The standard error of the handler.</summary>
    internal HandlerErrors Errors { get; } = new();

    /// <summary>The fault of a handler that has failed.</summary>
    internal Fault? Fault { get; private set; }

    /// <summary>The request's variables, in memory of their own. See <see cref="CgiVariables"/>.</summary>
    internal byte[] Variables { get; }

    /// <summary>Bytes, or <see cref="ContentLength.Unknown"/>.</summary>
    internal long BodyLength { get; }

    public string RequestId { get; }

    public long StartedAt { get; set; }

    string IRunningRequest.Subject => RequestedPath.Of(new CgiVariables(Variables)) ?? "";

    /// <inheritdoc cref="HandOff.IsOver"/>
    internal bool IsOver
    {
        get
        {
            lock (Sync)
                return HandOff.IsOver;
        }
    }

    /// <inheritdoc cref="HandOff.Aborted"/>
    internal CancellationToken Aborted
    {
        get
        {
            lock (Sync)
                return HandOff.Aborted;
        }
    }

    /// <summary>True if reading takes no other thread's time: there is something to read, or there is no other thread.</summary>
    internal bool ReadsAtOnce => _scheduler.IsAlone || HasCome(HandlerWait.Input);

    /// <summary>A thread is there for the handler.</summary>
    /// <returns>False if the handler is not to run any more.</returns>
    internal bool TryStart()
    {
        lock (Sync)
            return HandOff.Take();
    }

    /// <summary>Takes a part of the body.</summary>
    /// <returns>Bytes; 0 at its end.</returns>
    /// <exception cref="RequestAbortedException">The response is not wanted any more.</exception>
    internal int Read(Span<byte> destination)
    {
        while (true)
        {
            lock (Sync)
            {
                ThrowIfOver();
                bool canRead = Input.CanRead;
                int count = Input.Read(destination);
                if (Input.AsksForMore())
                    _scheduler.Push(_exchange);
                if (canRead || destination.IsEmpty)
                    return count;
            }
            Wait(HandlerWait.Input);
        }
    }

    /// <summary>Adds to the body of the response; waits while the bound is reached.</summary>
    /// <exception cref="RequestAbortedException">The response is not wanted any more.</exception>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count;
            lock (Sync)
            {
                ThrowIfOver();
                count = Output.Write(bytes);
            }
            bytes = bytes[count..];
            if (count == 0)
                PushAndWait(HandlerWait.Room);
        }
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    /// <returns>Bytes written.</returns>
    internal long Write(ReadOnlySpan<char> text)
    {
        long total = 0;
        while (!text.IsEmpty)
        {
            int count, read;
            lock (Sync)
            {
                ThrowIfOver();
                count = Output.Write(text, out read);
            }
            total += count;
            text = text[read..];
            if (count == 0)
                PushAndWait(HandlerWait.Room);
        }
        return total;
    }

    /// <summary>Returns when everything has been given to the web server.</summary>
    /// <exception cref="RequestAbortedException">The response is not wanted any more.</exception>
    internal void Flush()
    {
        lock (Sync)
        {
            ThrowIfOver();
            Output.Commit();
        }
        PushAndWait(HandlerWait.Sent);
        lock (Sync)
            ThrowIfOver();
    }

    /// <summary>Passes on what the handler has written to its standard error.</summary>
    /// <returns>As <see cref="HandlerErrors.TryAdd"/>.</returns>
    public bool WriteError(ReadOnlySpan<byte> lines)
    {
        if (!Errors.TryAdd(lines))
            return false;
        _scheduler.Push(_exchange);
        return true;
    }

    /// <summary>The handler blocks its thread for something that is not seen here.</summary>
    internal void LetLoopGo() => _scheduler.LetGo(this);

    /// <summary>The handler has returned, and the response is complete.</summary>
    internal void Complete()
    {
        lock (Sync)
        {
            if (HandOff.State == HandOffState.Running)
                Output.Complete();
            HandOff.Return();
        }
        _scheduler.Push(_exchange);
    }

    /// <summary>The handler has failed. After the response is not wanted any more, why is not told.</summary>
    internal void Fail(Fault? fault)
    {
        lock (Sync)
        {
            Fault = fault;
            HandOff.Throw();
        }
        // Of a request that is over too: the loop may be waiting for nothing but this to end the process.
        _scheduler.Push(_exchange);
    }

    /// <summary>True if what is waited for is there, or is not awaited any more.</summary>
    internal bool HasCome(HandlerWait wait)
    {
        lock (Sync)
        {
            return HandOff.IsOver || wait switch
            {
                HandlerWait.Input => Input.CanRead,
                HandlerWait.Room => Output.HasGoodRoom,
                _ => Output.IsSent,
            };
        }
    }

    /// <summary>Wakes a handler that waits, so that it looks again. <see cref="Sync"/> is held.</summary>
    internal void WakeHandler()
    {
        if (_waiting > 0)
            Monitor.PulseAll(Sync);
    }

    private void PushAndWait(HandlerWait wait)
    {
        _scheduler.Push(_exchange);
        Wait(wait);
    }

    private void Wait(HandlerWait wait)
    {
        _scheduler.TurnUntil(this, wait);
        lock (Sync)
        {
            _waiting++;
            while (!HasCome(wait))
                Monitor.Wait(Sync);
            _waiting--;
        }
    }

    private void ThrowIfOver()
    {
        if (HandOff.IsOver)
            throw new RequestAbortedException();
    }
}

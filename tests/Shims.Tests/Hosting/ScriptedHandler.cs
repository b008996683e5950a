using Shims.Cgi;
using Shims.Gateway.Requests;
using Shims.Hosting;
using Shims.Posix;

namespace Shims.Tests.Hosting;

/// <summary>A handler that does what a test says, behind the real hand-off.</summary>
internal sealed class ScriptedHandler : IResponder
{
    private int _ended;

    /// <summary>On the thread of the test, which has the loop go round with <see cref="Turn"/>.</summary>
    /// <param name="run">Runs it; null to leave the request where it is.</param>
    internal ScriptedHandler(Action<HandlerChannel>? run = null) => Scheduler = new HandlerScheduler(run ?? (static _ => { }));

    /// <summary>On workers.</summary>
    internal ScriptedHandler(Action<HandlerChannel> run, int workers, EventLoop loop) => Scheduler = new HandlerScheduler(run, workers, loop);

    internal HandlerScheduler Scheduler { get; }

    /// <summary>Of the last request.</summary>
    internal HandlerChannel Channel { get; private set; } = null!;

    internal HandOffState State => Channel.HandOff.State;

    /// <summary>How often it was said that a handler has ended or is not awaited any more.</summary>
    internal int Ended => Volatile.Read(ref _ended);

    public void Start(Exchange exchange, int connection)
    {
        var answer = new HandlerResponse(exchange, Scheduler, () => Interlocked.Increment(ref _ended));
        Channel = answer.Channel;
        Channel.Output.MakeHead = static _ => ResponseHead.For(200);
        exchange.Response = answer;
    }

    public void Drive(Action round, Func<bool> isOver) => Scheduler.Drive(round, isOver);

    /// <summary>Does what there is to do: tells the loop what handlers have said, and runs those that may run.</summary>
    internal void Turn(Action round)
    {
        int rounds = 0;
        Scheduler.Drive(round, () => rounds++ == 3);
    }
}

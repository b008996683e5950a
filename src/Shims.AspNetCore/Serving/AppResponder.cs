using Microsoft.Extensions.Logging;
using Shims.AspNetCore.Channels;
using Shims.Gateway.Requests;
using Shims.Hosting;
using Shims.Posix;

namespace Shims.AspNetCore.Serving;

/// <summary>Responds to requests with an app.</summary>
/// <remarks>
/// A process for one connection runs the app on the thread pool, which its end needs anyway, and the loop on its own thread. In a resident one the thread that has read a request
/// runs the app for it, until the app awaits something: see <see cref="HandlerScheduler"/>.
/// </remarks>
/// <param name="run">Runs the app for a request.</param>
/// <param name="maxRequests">Requests after which <paramref name="enough"/> is called; 0 for any number.</param>
/// <param name="enough">Ends the life of the process.</param>
/// <param name="over">Called on a listening socket when no more connections are taken, at least once: what is in flight is still to be finished.</param>
/// <param name="logger">Told of what must not happen.</param>
internal sealed class AppResponder(Func<AppChannel, Task> run, long maxRequests, Action enough, Action over, ILogger logger) : IResponder
{
    /// <summary>Threads that an app may block: as many as the thread pool would have at the most.</summary>
    private const int MaxWorkers = 32_767;

    private LoopCalls? _calls;
    private HandlerScheduler? _scheduler;
    private ServiceContext _service = null!; // there is none before Prepare, nor any request
    private Action<Exchange> _push = null!;
    private long _count;
    private int _due;
    private bool _isShutDown;

    /// <summary>True if every request has ended, for the app too.</summary>
    public bool IsIdle => _isShutDown || Volatile.Read(ref _due) == 0;

    public void Prepare(LoopContext first, bool servesMany)
    {
        _service = first.Service;
        if (servesMany)
            _push = (_scheduler = new HandlerScheduler(user => Run((AppChannel)user), MaxWorkers, first.Loop, stackSize: 0)).Push;
        else
            _push = (_calls = new LoopCalls(first.Loop)).Add;
    }

    public void Start(Exchange exchange, int connection)
    {
        if (!Admission.Admit(exchange))
            return;
        Interlocked.Increment(ref _due);
        _service.Requests.Started();
        exchange.Outcome.Mode = RequestMode.Handler;
        var response = new AppResponse(exchange, _push);
        exchange.Response = response;
        _service.Watch?.Add(response.Channel);
        if (_scheduler is not null)
            _scheduler.Enqueue(response.Channel);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Responder.Run(work.Channel), (Responder: this, response.Channel), preferLocal: false);
        if (++_count == maxRequests)
            enough();
    }

    /// <summary>The client may have everything while the app goes on: that is awaited too.</summary>
    public void Drive(Action round, Func<bool> isOver)
    {
        if (_scheduler is null)
        {
            while (!isOver())
                _calls!.Turn(round);
            return;
        }
        _scheduler.Drive(round, isOver);
        // Not on this thread, which serves what is in flight: the app's callbacks may take their time.
        ThreadPool.UnsafeQueueUserWorkItem(static over => over(), over, preferLocal: false);
    }

    public void Shutdown() => _isShutDown = true;

    private async void Run(AppChannel channel)
    {
        try
        {
            HandlerConsole.Attach(channel);
            await run(channel);
        }
        catch (Exception exception)
        {
            ServerLog.Unforeseen(logger, exception);
            channel.Break();
        }
        finally
        {
            Interlocked.Decrement(ref _due);
            _service.Watch?.Remove(channel, Libc.Milliseconds());
            _service.Requests.Ended(Libc.Milliseconds());
            // The loop may be waiting for nothing but this to end the process.
            channel.Push();
        }
    }
}

using Microsoft.Extensions.Logging;
using Shims.AspNetCore.Channels;
using Shims.Gateway.Requests;
using Shims.Hosting;
using Shims.Posix;

namespace Shims.AspNetCore.Serving;

/// <summary>Responds to requests with an app: each runs on the thread pool, and the loop on its own thread.</summary>
/// <param name="run">Runs the app for a request.</param>
/// <param name="maxRequests">Requests after which <paramref name="enough"/> is called; 0 for any number.</param>
/// <param name="enough">Ends the life of the process.</param>
/// <param name="over">Called on a listening socket when no more connections are taken, at least once: what is in flight is still to be finished.</param>
/// <param name="logger">Told of what must not happen.</param>
internal sealed class AppResponder(Func<AppChannel, Task> run, long maxRequests, Action enough, Action over, ILogger logger) : IResponder
{
    private LoopCalls _calls = null!; // there is none before Prepare, nor any request
    private ServiceContext _service = null!;
    private Action<Exchange> _push = null!;
    private long _count;
    private int _due;
    private int _awaited = 1; // what comes before the app is told: the end of the loop, and the beginning of the last request
    private bool _servesMany;
    private bool _isShutDown;

    /// <summary>True if every request has ended, for the app too.</summary>
    public bool IsIdle => _isShutDown || Volatile.Read(ref _due) == 0;

    public void Prepare(LoopContext first, bool servesMany)
    {
        _servesMany = servesMany;
        _service = first.Service;
        _calls = new LoopCalls(first.Loop);
        _push = _calls.Add;
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
        bool isLast = ++_count == maxRequests;
        if (isLast)
            Interlocked.Increment(ref _awaited);
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.Responder.Run(work.Channel, work.isLast), (Responder: this, response.Channel, isLast), preferLocal: false);
        if (isLast)
            enough();
    }

    /// <summary>The client may have everything while the app goes on: that is awaited too.</summary>
    public void Drive(Action round, Func<bool> isOver)
    {
        while (!isOver())
            _calls.Turn(round);
        Tell();
    }

    public void Shutdown() => _isShutDown = true;

    /// <summary>The app is told to end. A hub of SignalR forgets its clients then: the request that has been the last one must have found its own.</summary>
    private void Tell()
    {
        // Not on this thread, which serves what is in flight: the app's callbacks may take their time.
        if (Interlocked.Decrement(ref _awaited) == 0 && _servesMany)
            ThreadPool.UnsafeQueueUserWorkItem(static over => over(), over, preferLocal: false);
    }

    private async void Run(AppChannel channel, bool isLast)
    {
        try
        {
            HandlerConsole.Attach(channel);
            Task running;
            try
            {
                running = run(channel);
            }
            finally
            {
                if (isLast)
                    Tell();
            }
            await running;
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

using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Responds to requests with a handler.</summary>
internal sealed class HandlerResponder(Action<CgiRequest, CgiResponse> handler, ShimOptions options, bool needsThreads) : IResponder
{
    private HandlerScheduler _scheduler = null!; // there is none before Prepare, nor any request
    private ServiceContext _service = null!;
    private Action? _handlerEnded;
    private int _due;
    private bool _isShutDown;

    /// <summary>Assigns to the request all that its handler prints; null if the process is a handler's own, which then has the log for its
    /// standard output.</summary>
    /// <remarks>That of a test wants all of <see cref="Console"/>, which a program that has no test does without.</remarks>
    internal Action<HandlerChannel>? TestConsole { get; init; }

    /// <summary>True if every handler has ended, or has been given up.</summary>
    public bool IsIdle => _isShutDown || Volatile.Read(ref _due) == 0;

    public void Prepare(LoopContext first, bool servesMany)
    {
        _service = first.Service;
        if (TestConsole is null)
            DetachStandardDescriptors(first.Service);
        _scheduler = servesMany || needsThreads ? new HandlerScheduler(Run, options.MaxConcurrentHandlers, first.Loop) : new HandlerScheduler(Run);
    }

    public void Start(Exchange exchange, int connection)
    {
        if (!Admission.Admit(exchange))
            return;
        Interlocked.Increment(ref _due);
        _service.Requests.Started();
        exchange.Outcome.Mode = RequestMode.Handler;
        exchange.Response = new HandlerResponse(exchange, _scheduler, _handlerEnded ??= HandlerEnded);
    }

    public void Drive(Action round, Func<bool> isOver) => _scheduler.Drive(round, isOver);

    public void Shutdown() => _isShutDown = true;

    private void HandlerEnded()
    {
        Interlocked.Decrement(ref _due);
        _service.Requests.Ended(Libc.Milliseconds());
    }

    private void Run(HandlerChannel channel)
    {
        if (!channel.TryStart())
            return;
        channel.StartedAt = Libc.Milliseconds();
        _service.Watch?.Add(channel);
        (TestConsole ?? HandlerConsole.Attach)(channel);
        var request = new CgiRequest(channel, options);
        var response = new CgiResponse(channel, request);
        try
        {
            handler(request, response);
            response.Complete();
        }
        catch (Exception) when (channel.IsOver)
        {
            // The response is no longer wanted: whatever the handler makes of that, there is no one to tell.
            channel.Fail(null);
        }
        catch (BadRequestException exception)
        {
            channel.Fail(new Fault(exception.StatusCode, exception.Message, "see what the client sends") { IsOrdinary = exception.IsOrdinary });
        }
        catch (Exception exception)
        {
            channel.Fail(ExceptionFault.Of(exception));
        }
        _service.Watch?.Remove(channel, Libc.Milliseconds());
    }

    /// <summary>Keeps the output of a handler and its child processes from the client: descriptor 0 is empty, and descriptor 1 is the log.</summary>
    private static void DetachStandardDescriptors(ServiceContext service)
    {
        Libc.Duplicate(service.NullDevice, 0);
        Libc.Duplicate(2, 1);
    }
}

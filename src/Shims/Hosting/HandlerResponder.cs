using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Answers requests with a handler.</summary>
/// <remarks>
/// With one connection to serve it runs on the loop's own thread, and no other thread is ever started. On a listening socket, and where a handler is asynchronous or has a
/// time limit, handlers run on threads of their own, so that none stops another.
/// </remarks>
internal sealed class HandlerResponder(Action<CgiRequest, CgiResponse> handler, ShimOptions options, bool needsThreads) : IResponder
{
    private readonly Queue<HandlerAnswer> _waiting = new();
    private LoopContext? _first;
    private Gate _gate = new LoopGate();
    private HandlerThreads? _threads;
    private int _running;
    private bool _isShutDown;

    /// <summary>Whether every handler has ended, or has been given up.</summary>
    public bool IsIdle => _isShutDown || (_waiting.Count == 0 && Volatile.Read(ref _running) == 0);

    public void Prepare(LoopContext first, bool servesMany)
    {
        _first = first;
        DetachStandardDescriptors(first.Service);
        if (!servesMany && !needsThreads)
            return;
        _gate = new ThreadGate(first.Loop);
        _threads = new HandlerThreads(options.MaxThreads, RunCounted);
    }

    public void Start(Exchange exchange, int connection)
    {
        if (!Admission.Admit(exchange))
            return;
        var answer = new HandlerAnswer(exchange, _gate, HandlerEnded);
        exchange.Answer = answer;
        if (_threads is null)
        {
            _waiting.Enqueue(answer);
            return;
        }
        HandlerStarted();
        answer.StartWhenBodyIsThere(_threads.Start);
    }

    public bool RunNext()
    {
        if (!_waiting.TryDequeue(out HandlerAnswer? answer))
            return false;
        HandlerStarted();
        if (!answer.IsOver)
            Run(answer);
        answer.End();
        return true;
    }

    public void Shutdown() => _isShutDown = true;

    private void HandlerStarted()
    {
        Interlocked.Increment(ref _running);
        _first!.Service.Requests.Started();
    }

    private void HandlerEnded()
    {
        Interlocked.Decrement(ref _running);
        _first!.Service.Requests.Ended(Libc.Milliseconds());
    }

    private void RunCounted(HandlerAnswer answer)
    {
        if (!answer.IsOver)
            Run(answer);
        answer.End();
        // The loop may be waiting for nothing but this to end the process.
        if (_first!.ConnectionCount == 0)
            _gate.Push(answer);
    }

    private void Run(HandlerAnswer answer)
    {
        HandlerConsole.Attach(answer);
        var request = new CgiRequest(answer, options);
        var response = new CgiResponse(answer, request.Method);
        answer.Response = response;
        try
        {
            handler(request, response);
            response.Complete();
        }
        catch (Exception) when (answer.IsOver)
        {
            // Nobody waits for the answer: whatever the handler makes of that, there is nobody to tell.
        }
        catch (RequestException exception)
        {
            answer.Fail(new Fault(exception.StatusCode, exception.Message, "see what the client sends"));
        }
        catch (Exception exception)
        {
            answer.Fail(ExceptionFault.Of(exception));
        }
    }

    /// <summary>Nothing that a handler or its child processes print can reach the client: descriptor 0 is empty, and descriptor 1 is the log.</summary>
    private static void DetachStandardDescriptors(ServiceContext service)
    {
        Libc.Duplicate(service.NullDevice, 0);
        Libc.Duplicate(2, 1);
    }
}

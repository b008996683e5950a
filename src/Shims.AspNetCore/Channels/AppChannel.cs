using System.IO.Pipelines;
using Shims.Cgi;
using Shims.Gateway.Requests;
using Shims.Hosting;
using Shims.Posix;

namespace Shims.AspNetCore.Channels;

/// <summary>The channel between an app and the loop that serves it, from the app's side: the body comes in through one pipe, the response goes out through another.</summary>
/// <remarks>The app touches nothing beyond what is held here, and so may go on after the web server has gone. The loop's side is <see cref="AppResponse"/>.</remarks>
internal sealed class AppChannel : IErrorWriter, IRunningRequest
{
    /// <summary>Bytes that wait in a pipe before its writer has to.</summary>
    private const int Bound = 64 * 1024;

    private const int Segment = 16 * 1024;

    /// <summary>The loop fills it, and is told of room on the app's thread.</summary>
    private static readonly PipeOptions s_input = new(null, PipeScheduler.ThreadPool, PipeScheduler.Inline, Bound, Bound / 2, Segment, useSynchronizationContext: false);

    /// <summary>The loop empties it, and is not kept by what the app does then.</summary>
    private static readonly PipeOptions s_output = new(null, PipeScheduler.Inline, PipeScheduler.ThreadPool, Bound, Bound / 2, Segment, useSynchronizationContext: false);

    private readonly Exchange _exchange;
    private readonly IResponseChannel _wire;
    private readonly Action<Exchange> _push;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _aborted;
    private bool _isAborted;
    private volatile AnswerHead? _head;
    private volatile OutputState _state;

    /// <param name="exchange">The request.</param>
    /// <param name="push">Tells the loop that something has changed.</param>
    internal AppChannel(Exchange exchange, Action<Exchange> push)
    {
        _exchange = exchange;
        _wire = exchange.Channel;
        _push = push;
        RequestId = exchange.RequestId;
        Variables = exchange.Variables.Block.ToArray();
        BodyLength = exchange.BodyLength;
        if (BodyLength != 0)
            Input = new Pipe(s_input);
    }

    public string RequestId { get; }

    public long StartedAt { get; } = Libc.Milliseconds();

    string IRunningRequest.Subject => RequestedPath.Of(new CgiVariables(Variables)) ?? "";

    /// <summary>The request's variables, in memory of their own. See <see cref="Cgi.CgiVariables"/>.</summary>
    internal byte[] Variables { get; }

    /// <summary>Bytes, or <see cref="Cgi.ContentLength.Unknown"/>.</summary>
    internal long BodyLength { get; }

    /// <summary>The request's body; null if it has none.</summary>
    internal Pipe? Input { get; }

    /// <summary>The response's body.</summary>
    internal Pipe Output { get; } = new(s_output);

    /// <summary>What is printed during the request.</summary>
    internal HandlerErrors Errors { get; } = new();

    /// <summary>The header of the response; null until it is settled.</summary>
    internal AnswerHead? Head => _head;

    internal OutputState State => _state;

    /// <summary>Cancelled when the response is not wanted any more.</summary>
    internal CancellationToken Aborted
    {
        get
        {
            lock (_lock)
                return _isAborted ? new CancellationToken(canceled: true) : (_aborted ??= new CancellationTokenSource()).Token;
        }
    }

    /// <summary>The header of the response in the form that the web server understands.</summary>
    /// <param name="head">The header.</param>
    /// <param name="requestId">Goes out as a header of its own; null for none.</param>
    internal byte[] Encode(ResponseHead head, string? requestId) => _wire.Encode(head, requestId);

    /// <summary>The header is settled, and goes out with what follows or is flushed; but not after the app has broken the response off.</summary>
    internal void Begin(AnswerHead head)
    {
        lock (_lock)
        {
            if (_state == OutputState.Open)
                _head = head;
        }
    }

    /// <summary>Something has changed that the loop has to see to.</summary>
    internal void Push() => _push(_exchange);

    /// <summary>The response is complete.</summary>
    internal void Complete() => EndOutput(OutputState.Complete);

    /// <summary>The response breaks off, which the client is to see.</summary>
    internal void Break()
    {
        EndOutput(OutputState.Broken);
        Abort();
    }

    public bool WriteError(ReadOnlySpan<byte> lines)
    {
        if (!Errors.TryAdd(lines))
            return false;
        Push();
        return true;
    }

    /// <summary>On the loop: nothing more is to be done about the response.</summary>
    /// <param name="isAborted">True if it is not complete.</param>
    internal void Close(bool isAborted)
    {
        lock (_lock)
            _state = OutputState.Over;
        if (isAborted)
            Abort();
    }

    private void EndOutput(OutputState end)
    {
        lock (_lock)
        {
            if (_state != OutputState.Open)
                return;
            _state = end;
        }
        // An app that has broken it off may write on: the bytes are dropped.
        if (end == OutputState.Complete)
            Output.Writer.Complete();
        Push();
    }

    private void Abort()
    {
        CancellationTokenSource? aborted;
        lock (_lock)
        {
            if (_isAborted)
                return;
            _isAborted = true;
            aborted = _aborted;
        }
        // What is registered with the token must not run on the loop's thread, which serves others.
        if (aborted is not null)
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), aborted, preferLocal: false);
    }
}

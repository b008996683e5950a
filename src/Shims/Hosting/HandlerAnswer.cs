using System.Text.Unicode;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>Answers with a handler: the place where its thread and the loop meet.</summary>
/// <remarks>
/// All of its state is guarded by <see cref="Sync"/>. The loop's side (what <see cref="Answer"/> demands) touches exchange and connection; the handler's side
/// touches only what is held here, and so may go on after the web server has gone, until it next reads or writes.
/// </remarks>
internal sealed class HandlerAnswer : Answer, ITimed
{
    /// <summary>Bytes of the body that are ready for the handler.</summary>
    private const int InputBound = 64 * 1024;

    /// <summary>Bytes of error output that wait for the web server.</summary>
    private const int ErrorBound = 64 * 1024;

    private readonly Gate _gate;
    private readonly HeldOutput _output;
    private readonly long _deadline;
    private NativeBuffer? _input;
    private bool _isInputWhole;
    private bool _isInputAsked;
    private NativeBuffer? _errors;
    private long _errorsRetryAt = long.MaxValue;
    private Fault? _fault;
    private bool _isDone;
    private bool _isOver;
    private readonly Action _ended;
    private Action<HandlerAnswer>? _start;
    private int _hasEnded;
    private CancellationTokenSource? _aborted;

    /// <summary>Answers an exchange.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="gate">How the handler and the loop wait for each other.</param>
    /// <param name="ended">Called once, when the handler has ended or has been given up, on its thread or the loop's.</param>
    internal HandlerAnswer(Exchange exchange, Gate gate, Action ended)
        : base(exchange)
    {
        _gate = gate;
        _ended = ended;
        _output = new HeldOutput(exchange);
        _isInputWhole = exchange.BodyLength == 0;
        RequestId = exchange.RequestId;
        Variables = exchange.Variables.Block.ToArray();
        BodyLength = exchange.BodyLength;
        _deadline = exchange.Context.Limits.ScriptSeconds is { } seconds ? exchange.Context.Loop.Now + seconds * 1000L : long.MaxValue;
        exchange.Context.Loop.Add(this);
    }

    long ITimed.Deadline => Math.Min(_deadline, _errorsRetryAt);

    /// <summary>The request's variables, in memory of their own. See <see cref="CgiVariables"/>.</summary>
    internal byte[] Variables { get; }

    /// <summary>Bytes, or <see cref="ContentLength.Unknown"/>.</summary>
    internal long BodyLength { get; }

    internal string RequestId { get; }

    /// <summary>Guards the state, and is waited on where the handler has a thread of its own.</summary>
    internal object Sync { get; } = new();

    /// <summary>Makes the header when it is needed.</summary>
    internal CgiResponse? Response { get; set; }

    /// <summary>Whether nobody waits for the answer any more.</summary>
    internal bool IsOver
    {
        get
        {
            lock (Sync)
                return _isOver;
        }
    }

    /// <summary>Whether the handler runs on the loop's own thread.</summary>
    internal bool IsOnLoop => _gate.IsOnLoop;

    /// <summary>Cancelled when nobody waits for the answer any more.</summary>
    internal CancellationToken Aborted
    {
        get
        {
            lock (Sync)
            {
                if (_isOver && !_isDone)
                    return new CancellationToken(canceled: true);
                return (_aborted ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>
    /// Calls <paramref name="start"/>, once, when the handler has enough of the body to work on: all of it, or as much as is kept for it. A client that sends a small body slowly takes no thread.
    /// </summary>
    internal void StartWhenBodyIsThere(Action<HandlerAnswer> start)
    {
        lock (Sync)
            _start = start;
        Advance();
    }

    // The handler's side.

    /// <summary>Takes a part of the body.</summary>
    /// <returns>Bytes; 0 at its end.</returns>
    /// <exception cref="ClientGoneException">Nobody waits for the answer any more.</exception>
    internal int Read(Span<byte> destination)
    {
        lock (Sync)
        {
            while (true)
            {
                ThrowIfOver();
                if (_input is { IsEmpty: false } input)
                {
                    int count = Math.Min(destination.Length, input.Length);
                    input.Bytes[..count].CopyTo(destination);
                    input.Remove(count);
                    AskForInput(input);
                    return count;
                }
                if (_isInputWhole || destination.IsEmpty)
                    return 0;
                _gate.Wait(this);
            }
        }
    }

    /// <summary>Whether <see cref="Read"/> would return without waiting.</summary>
    internal bool CanRead
    {
        get
        {
            lock (Sync)
                return _isOver || _isInputWhole || _input is { IsEmpty: false };
        }
    }

    /// <summary>Adds to the body of the answer; waits while the bound is reached.</summary>
    /// <exception cref="ClientGoneException">Nobody waits for the answer any more.</exception>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        lock (Sync)
        {
            while (!bytes.IsEmpty)
            {
                ThrowIfOver();
                Span<byte> room = _output.Room;
                int count = Math.Min(room.Length, bytes.Length);
                if (count == 0)
                {
                    PushAndWait();
                    continue;
                }
                bytes[..count].CopyTo(room);
                _output.Added(count);
                bytes = bytes[count..];
            }
        }
    }

    /// <summary>The same for text, as UTF-8; what is no Unicode becomes U+FFFD.</summary>
    /// <returns>Bytes written.</returns>
    internal long Write(ReadOnlySpan<char> text)
    {
        long total = 0;
        lock (Sync)
        {
            while (!text.IsEmpty)
            {
                ThrowIfOver();
                Utf8.FromUtf16(text, _output.Room, out int read, out int written);
                if (read == 0)
                {
                    PushAndWait();
                    continue;
                }
                _output.Added(written);
                total += written;
                text = text[read..];
            }
        }
        return total;
    }

    /// <summary>Returns when everything has been given to the web server.</summary>
    /// <exception cref="ClientGoneException">Nobody waits for the answer any more.</exception>
    internal void Flush()
    {
        lock (Sync)
        {
            ThrowIfOver();
            Commit(bodyLength: null);
            _gate.Push(this);
            while (!_isOver && !_output.IsSent)
                _gate.Wait(this);
            ThrowIfOver();
        }
    }

    /// <summary>The handler has ended, and the answer is complete.</summary>
    internal void Complete()
    {
        lock (Sync)
        {
            if (_isOver)
                return;
            // All of the body is known, so its length can be told, and a browser sees whether it got everything.
            Commit(_output.Bytes.Length);
            _isDone = true;
            _gate.Push(this);
        }
    }

    /// <summary>The handler has failed.</summary>
    internal void Fail(Fault fault)
    {
        lock (Sync)
        {
            if (_isOver)
                return;
            _fault = fault;
            _gate.Push(this);
        }
    }

    /// <summary>Passes on what the handler has written to its standard error.</summary>
    /// <returns>False if there is no way for it any more, or too much waits already.</returns>
    internal bool WriteError(ReadOnlySpan<byte> lines)
    {
        lock (Sync)
        {
            _errors ??= new NativeBuffer(ErrorBound);
            if (_isOver || _errors.Free < lines.Length)
                return false;
            _errors.Add(lines);
            _gate.Push(this);
            return true;
        }
    }

    /// <summary>The handler runs no more, or nobody waits for its end any more.</summary>
    internal void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            _ended();
    }

    private void ThrowIfOver()
    {
        if (_isOver)
            throw new ClientGoneException();
    }

    private void AskForInput(NativeBuffer input)
    {
        if (_isInputWhole || _isInputAsked || input.Length > InputBound / 2)
            return;
        _isInputAsked = true;
        _gate.Push(this);
    }

    private void PushAndWait()
    {
        Commit(bodyLength: null);
        _gate.Push(this);
        // Once for all: a push for each look would give the loop something to do, and it would never wait.
        while (!_isOver && _output.Free < InputBound / 2)
            _gate.Wait(this);
    }

    /// <summary>The header goes out as it is now.</summary>
    private void Commit(long? bodyLength)
    {
        if (_output.HasHead)
            return;
        ResponseHead head = ResponseHead.Read(Response!.FormatHead(bodyLength), out string? fault);
        if (fault is not null)
            throw new InvalidOperationException($"The header of the response cannot be sent: {fault}.");
        _output.SetHead(head);
    }

    // The loop's side.

    internal override void Advance()
    {
        lock (Sync)
        {
            if (_isOver)
                return;
            MoveErrors();
            if (_fault is { } fault)
            {
                Close();
                Exchange.Fail(fault);
                return;
            }
            bool hasMoved = MoveInput();
            StartIfBodyIsThere();
            hasMoved |= _output.Send();
            if (_isDone)
                FinishIfSent();
            else if (hasMoved || _output.IsSent)
                _gate.Wake(this);
        }
    }

    internal override void Abandon(StopReason reason)
    {
        lock (Sync)
        {
            if (_isOver)
                return;
            Close();
            if (reason == StopReason.Shutdown)
                Exchange.Fail(new Fault(503, "the program has been told to end while a handler was running", "let handlers end sooner, or give them more time") { ExitCode = ExitCode.SystemError });
        }
    }

    void ITimed.OnTime()
    {
        lock (Sync)
        {
            if (_isOver)
                return;
            if (Exchange.Context.Loop.Now < _deadline)
            {
                _errorsRetryAt = long.MaxValue;
                Exchange.Schedule();
                return;
            }
            Close();
            int seconds = Exchange.Context.Limits.ScriptSeconds ?? 0;
            Exchange.Fail(new Fault(504, $"the handler has not ended within {seconds} s, which is its time", "see what it waits for, or raise ShimOptions.Timeout"));
        }
        // It may never end.
        End();
    }

    /// <summary>Lets the connection do what it can.</summary>
    internal void AdvanceExchange()
    {
        if (!IsOver)
            Exchange.Schedule();
    }

    /// <summary>On the loop's own thread: waits for whatever comes next.</summary>
    internal void WaitForExchange() => Exchange.Channel.Wait();

    private bool MoveInput()
    {
        _isInputAsked = false;
        if (_isInputWhole || _isDone)
            return false;
        BodySpool body = Exchange.Body;
        bool hasMoved = false;
        while (true)
        {
            ReadOnlySpan<byte> next = body.Front();
            if (next.IsEmpty)
            {
                _isInputWhole = body.IsComplete;
                return hasMoved || _isInputWhole;
            }
            _input ??= new NativeBuffer(InputBound);
            int count = _input.Add(next);
            if (count == 0)
                return hasMoved;
            body.Remove(count);
            hasMoved = true;
        }
    }

    private void StartIfBodyIsThere()
    {
        if (_start is not { } start || !(_isInputWhole || _input is { Free: 0 }))
            return;
        _start = null;
        start(this);
    }

    private void MoveErrors()
    {
        const int part = 4096;
        if (Log.HasPending)
            Log.Flush();
        while (_errors is { IsEmpty: false } errors && Exchange.Channel.CanTakeErrors)
        {
            int count = Math.Min(part, errors.Length);
            Exchange.Channel.WriteError(errors.Bytes[..count]);
            errors.Remove(count);
        }
        // Nothing tells when the log has room again.
        _errorsRetryAt = _errors is { IsEmpty: false } && Log.IsFull ? Exchange.Context.Loop.Now + Limits.LogRetry : long.MaxValue;
        Exchange.Context.Loop.Expect(_errorsRetryAt);
    }

    private void FinishIfSent()
    {
        if (!Exchange.MaySend)
        {
            Exchange.Body.Discard();
            Exchange.StartDrain();
        }
        else if (_output.IsSent && _errors is null or { IsEmpty: true })
        {
            Close();
            Exchange.End(0);
        }
    }

    private void Close()
    {
        _isOver = true;
        Exchange.Context.Loop.Remove(this);
        if (_start is not null)
        {
            _start = null;
            End(); // It never began.
        }
        _input?.Dispose();
        if (_errors is { IsEmpty: false } left)
            Log.WriteScriptOutput(left.Bytes);
        _errors?.Dispose();
        _output.Dispose();
        _gate.Wake(this);
        // What is registered with the token must not run on the loop's thread, which serves others.
        if (!_isDone && _aborted is { } aborted)
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), aborted, preferLocal: false);
    }
}

using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;
using PipeWriter = System.IO.Pipelines.PipeWriter;

namespace Shims.AspNetCore.Channels;

/// <summary>Responds with an app: the loop's side of an <see cref="AppChannel"/>.</summary>
internal sealed class AppResponse : Response, IDeadline
{
    /// <summary>Bytes of body that go out together with the header: one system call, one FastCGI record.</summary>
    private const int SmallBody = 8 * 1024;

    /// <summary>Bytes of the request's body that are copied at a time.</summary>
    private const int Part = 16 * 1024;

    private readonly long _startedAt;
    private readonly long _deadline;
    private long _errorsRetryAt = long.MaxValue;
    private byte[]? _first;
    private int _firstSent;
    private bool _hasBegun;
    private bool _hasInputEnded;
    private volatile bool _isInputFull;

    internal AppResponse(Exchange exchange, Action<Exchange> push)
        : base(exchange)
    {
        Channel = new AppChannel(exchange, push);
        _hasInputEnded = Channel.Input is null;
        _startedAt = Loop.Now;
        _deadline = exchange.Context.Limits.ScriptSeconds is { } seconds ? Loop.Now + seconds * 1000L : long.MaxValue;
        Loop.Add(this);
    }

    /// <summary>Shared with the app.</summary>
    internal AppChannel Channel { get; }

    /// <summary>An app that has said nothing yet reads at its own pace. Once it has, web servers want to be rid of the body before they take the response.</summary>
    internal override bool LetsBodyWait => _isInputFull && Channel is { State: OutputState.Open, Head: null };

    long IDeadline.Deadline => Math.Min(_deadline, _errorsRetryAt);

    private EventLoop Loop => Exchange.Context.Loop;

    internal override void Advance()
    {
        if (Channel.State == OutputState.Over)
            return;
        _errorsRetryAt = Channel.Errors.MoveTo(Exchange);
        MoveInput();
        if (Exchange.Body.IsLost)
            End(BodySpool.Lost("the app"));
        else
            MoveOutput();
    }

    internal override void Abandon(StopReason reason)
    {
        if (Channel.State == OutputState.Over)
            return;
        Close(isAborted: reason != StopReason.ResponseComplete);
        if (reason == StopReason.PeerGone && PeerGone.IsWorthALine(Loop.Now - _startedAt))
            Exchange.Report(PeerGone.Explain(Exchange, Loop.Now - _startedAt, Exchange.HasResponseStarted, "the app's response is thrown away"));
        if (reason == StopReason.Shutdown)
            Exchange.Fail(new Fault(503, "the app was told to end while a request was being answered", "let requests end sooner, or raise HostOptions.ShutdownTimeout") { ExitCode = ExitCode.SystemError });
    }

    void IDeadline.OnDeadline()
    {
        _errorsRetryAt = long.MaxValue;
        if (Loop.Now >= _deadline)
            End(new Fault(504, $"the app took longer than {Exchange.Context.Limits.ScriptSeconds} s", "see what it waits for, or raise SHIMS_TIMEOUT"));
        else
            Exchange.Schedule();
    }

    private void End(Fault fault)
    {
        Close(isAborted: true);
        Exchange.Fail(fault);
    }

    private void MoveInput()
    {
        while (!_hasInputEnded && !_isInputFull)
        {
            PipeWriter writer = Channel.Input!.Writer;
            ReadOnlySpan<byte> next = Exchange.Body.Front();
            if (next.IsEmpty)
            {
                _hasInputEnded = Exchange.Body.IsAtEnd;
                if (_hasInputEnded)
                    writer.Complete();
                return;
            }
            next = next[..Math.Min(next.Length, Part)];
            writer.Write(next);
            Exchange.Body.Remove(next.Length);
            ValueTask<FlushResult> flush = writer.FlushAsync();
            if (!flush.IsCompleted)
            {
                _isInputFull = true;
                _ = AwaitReaderAsync(flush);
            }
            else if (flush.GetAwaiter().GetResult().IsCompleted)
            {
                // Nothing is read any more.
                _hasInputEnded = true;
                writer.Complete();
                Exchange.Body.Discard();
            }
        }
    }

    private async Task AwaitReaderAsync(ValueTask<FlushResult> flush)
    {
        await flush;
        _isInputFull = false;
        Channel.Push();
    }

    private void MoveOutput()
    {
        OutputState state = Channel.State; // before what it tells the end of is looked at
        if (Channel.Head is not { } head)
        {
            if (state == OutputState.Broken)
                Break();
            return;
        }
        if (!_hasBegun)
            Begin(head);
        if (!Exchange.MaySend)
        {
            if (state == OutputState.Open)
                return;
            Exchange.Body.Discard();
            Exchange.StartDrain();
            if (!Exchange.MaySend)
                return;
        }
        bool isSent = Send(head);
        if (state == OutputState.Broken)
            Break();
        else if (isSent && Channel.Errors.IsEmpty)
            Finish();
    }

    private void Begin(AnswerHead head)
    {
        _hasBegun = true;
        _first = head.Bytes;
        Exchange.Outcome.Begin(head.Status, head.Bytes.Length);
        Exchange.ResponseLength = head.Bytes.Length + (head.HasNoBody ? 0 : head.BodyLength);
    }

    /// <summary>Sends what there is room for.</summary>
    /// <returns>True if that was the end of the response.</returns>
    private bool Send(AnswerHead head)
    {
        PipeReader reader = Channel.Output.Reader;
        if (_firstSent == 0 && _first is not null && !head.HasNoBody)
            JoinFirst(reader);
        while (_first is not null)
        {
            int count = Exchange.Write(_first.AsSpan(_firstSent));
            if (count == 0)
                return false;
            _firstSent += count;
            if (_firstSent == _first.Length)
                _first = null;
        }
        while (reader.TryRead(out ReadResult result))
        {
            ReadOnlySequence<byte> rest = head.HasNoBody ? result.Buffer.Slice(result.Buffer.End) : result.Buffer;
            int count;
            while (!rest.IsEmpty && (count = Exchange.Write(rest.FirstSpan)) > 0)
                rest = rest.Slice(count);
            reader.AdvanceTo(rest.Start);
            if (result.IsCompleted && rest.IsEmpty)
                return true;
            if (!rest.IsEmpty)
                return false;
        }
        return false;
    }

    /// <summary>The beginning of a small body travels with the header.</summary>
    private void JoinFirst(PipeReader reader)
    {
        if (!reader.TryRead(out ReadResult result))
            return;
        ReadOnlySequence<byte> body = result.Buffer;
        if (body.Length is 0 or > SmallBody)
        {
            reader.AdvanceTo(body.Start);
            return;
        }
        var joined = new byte[_first!.Length + (int)body.Length];
        _first.CopyTo(joined, 0);
        body.CopyTo(joined.AsSpan(_first.Length));
        _first = joined;
        reader.AdvanceTo(body.End);
    }

    private void Finish()
    {
        Close(isAborted: false);
        Exchange.End(0);
    }

    private void Break()
    {
        Close(isAborted: true);
        Exchange.Channel.Break();
    }

    private void Close(bool isAborted)
    {
        Loop.Remove(this);
        Channel.Close(isAborted);
        if (!_hasInputEnded)
            Channel.Input!.Writer.Complete(new BadHttpRequestException("Unexpected end of request content."));
        _hasInputEnded = true;
        // Whatever is written from now on goes nowhere, and no writer waits for room.
        Channel.Output.Reader.Complete();
        Channel.Errors.Close(Exchange);
    }
}

using System.Runtime.CompilerServices;
using Shims.Buffers;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>The standard error of a relayed script: passed on, and its last lines kept to explain a failure.</summary>
internal sealed class ScriptErrors(Exchange exchange)
{
    /// <summary>Bytes that are read at once.</summary>
    private const int Part = 16 * 1024;

    private readonly BoundedTail _tail = new(Limits.ErrorTail);
    private int _pipe = -1;
    private bool _canRead;
    private bool _isTold;

    /// <summary>True if there is no room for what the script has written.</summary>
    internal bool IsHeldUp => _canRead && _pipe >= 0;

    /// <summary>Its last lines as one; null if it wrote nothing.</summary>
    internal string? LastLines
    {
        get
        {
            ReadOnlySpan<byte> text = _tail.Bytes.Trim(" \t\r\n"u8);
            return text.IsEmpty ? null : PrintableText.Of(text);
        }
    }

    private EventLoop Loop => exchange.Context.Loop;

    /// <summary>Our end of the pipe; -1 once closed.</summary>
    internal int Descriptor => _pipe;

    /// <summary>Reads from a pipe from now on; -1 is none.</summary>
    internal void Open(int pipe, IWatcher watcher)
    {
        _pipe = pipe;
        if (pipe >= 0)
            Loop.Watch(pipe, Readiness.Read, watcher);
    }

    /// <summary>The time to try again because the log had no room; never if it had.</summary>
    internal long RetryAt { get; private set; } = long.MaxValue;

    /// <summary>The time to try again has come.</summary>
    internal void StopWaiting() => RetryAt = long.MaxValue;

    /// <summary>There may be something in the pipe.</summary>
    internal void LookAgain() => _canRead = true;

    /// <summary>Passes on what there is and what there is room for.</summary>
    internal void Advance()
    {
        if (_canRead && _pipe >= 0)
            Read();
    }

    /// <summary>The response has ended and the script has not: whatever else it writes is for the log.</summary>
    internal void GoOnAlone()
    {
        if (_pipe >= 0)
            _ = new LateErrors(Loop, _pipe, exchange.ErrorLog, Math.Max(0, Limits.ScriptErrors - _tail.Total));
        _pipe = -1;
    }

    /// <summary>Stops reading.</summary>
    /// <param name="script">The script, for a line about what was not passed on.</param>
    internal void Close(string script)
    {
        if (_tail.Total > 0)
            exchange.ErrorLog.End();
        if (_tail.Total > Limits.ScriptErrors && !_isTold)
            Log.WriteLine(exchange.RequestId, $"{script} wrote {_tail.Total} bytes to standard error, of which the last {_tail.Total - Limits.ScriptErrors} were not logged: find out what it repeats");
        _isTold = true;
        Loop.Close(ref _pipe);
    }

    [SkipLocalsInit]
    private void Read()
    {
        Span<byte> lines = stackalloc byte[Part];
        if (Log.HasPending)
            Log.Flush();
        while (_canRead)
        {
            if (!exchange.Channel.CanTakeErrors)
            {
                AwaitLog();
                return;
            }
            nint count = Libc.Read(_pipe, lines);
            if (count < 0)
            {
                _canRead = false;
                return;
            }
            if (count == 0)
            {
                Loop.Close(ref _pipe);
                return;
            }
            _canRead = count == lines.Length;
            Pass(lines[..(int)count]);
        }
    }

    /// <summary>Sets the time of the next try: nothing tells when the log has room again.</summary>
    private void AwaitLog()
    {
        if (!Log.IsFull)
            return;
        RetryAt = Loop.Now + Limits.LogRetry;
        Loop.WakeBy(RetryAt);
    }

    private void Pass(ReadOnlySpan<byte> lines)
    {
        int logged = (int)Math.Clamp(Limits.ScriptErrors - _tail.Total, 0, lines.Length);
        _tail.Add(lines);
        exchange.Observer?.AddErrors(lines);
        if (logged > 0)
            exchange.Channel.WriteError(lines[..logged], exchange.ErrorLog);
    }
}

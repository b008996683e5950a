using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The standard error of a handler, on its way to the web server or to the log. May be used by any thread.</summary>
internal sealed class HandlerErrors
{
    /// <summary>Bytes that wait.</summary>
    private const int Bound = 64 * 1024;

    /// <summary>Bytes that are passed on in one piece.</summary>
    private const int Part = 4096;

    private readonly Lock _lock = new();
    private NativeBuffer? _lines;
    private bool _isClosed;

    /// <summary>True if nothing waits.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _lines is null or { IsEmpty: true };
        }
    }

    /// <summary>Adds whole lines.</summary>
    /// <returns>False if there is no way for them any more, or too much waits already.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> lines)
    {
        lock (_lock)
        {
            _lines ??= new NativeBuffer(Bound);
            if (_isClosed || _lines.Free < lines.Length)
                return false;
            _lines.Add(lines);
            return true;
        }
    }

    /// <summary>Passes on what there is room for, here and in the log.</summary>
    /// <returns>When to do it again, in milliseconds of the loop's clock: nothing tells when the log has room again. <see cref="long.MaxValue"/> if nothing waits for that.</returns>
    internal long MoveTo(Exchange exchange)
    {
        if (Log.HasPending)
            Log.Flush();
        Pass(exchange);
        EventLoop loop = exchange.Context.Loop;
        long retryAt = Log.IsFull && !IsEmpty ? loop.Now + Limits.LogRetry : long.MaxValue;
        loop.WakeBy(retryAt);
        return retryAt;
    }

    private void Pass(Exchange exchange)
    {
        lock (_lock)
        {
            while (_lines is { IsEmpty: false } lines && exchange.Channel.CanTakeErrors)
            {
                int count = Math.Min(Part, lines.Length);
                exchange.Channel.WriteError(lines.Bytes[..count], exchange.ErrorLog);
                lines.Remove(count);
            }
        }
    }

    /// <summary>There is no way to the web server any more: what waits goes to the log.</summary>
    internal void Close(Exchange exchange)
    {
        lock (_lock)
        {
            _isClosed = true;
            if (_lines is { IsEmpty: false } left)
                exchange.ErrorLog.Write(left.Bytes);
            _lines?.Dispose();
        }
    }
}

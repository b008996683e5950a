using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Writes a stream of the request into a pipe that a script reads, as fast as the script does, and ends the pipe where the stream ends.</summary>
internal sealed class PipeFeed(EventLoop loop, BodySpool source, IWatcher owner) : IWatcher
{
    private int _pipe = -1;
    private bool _isWatched;
    private bool _isFull;

    /// <summary>Until when the script is expected to make room in the full pipe; no time at all if there is room, or if it has not come.</summary>
    internal long FullUntil { get; private set; } = long.MaxValue;

    /// <summary>Whether the pipe is full, and the script is expected to read on soon.</summary>
    internal bool IsFull => FullUntil != long.MaxValue;

    /// <summary>Makes the pipe.</summary>
    /// <param name="length">Bytes of the stream, as far as that is known.</param>
    /// <param name="readEnd">The script's end; the caller closes it.</param>
    internal bool Open(long length, out int readEnd)
    {
        if (!Libc.CreatePipe(shimReads: false, out readEnd, out _pipe))
            return false;
        // Else the shim and the script wake each other for every few pages.
        if (length > Limits.LargePipe)
            Libc.EnlargePipe(_pipe, Limits.LargePipe);
        return true;
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        _isFull = false;
        FullUntil = long.MaxValue;
        // What has been taken in comes before anything more is.
        Feed();
        owner.OnReady(descriptor, readiness);
    }

    /// <summary>Writes what there is and what fits.</summary>
    internal void Feed()
    {
        while (_pipe >= 0 && !_isFull)
        {
            ReadOnlySpan<byte> next = source.Front();
            if (next.IsEmpty)
            {
                if (source.IsComplete && !source.IsLost)
                    loop.Close(ref _pipe);
                return;
            }
            nint written = Libc.Write(_pipe, next);
            if (written > 0)
                source.Remove((int)written);
            else if (Libc.WouldBlock)
                AwaitRoom();
            else
                Stop(); // EPIPE: the script has closed its end
        }
    }

    /// <summary>The script has had its time to make room: the stream need not wait for it any longer.</summary>
    internal void StopWaiting() => FullUntil = long.MaxValue;

    /// <summary>Nobody reads any more: the rest of the stream is not kept.</summary>
    internal void Stop()
    {
        if (_pipe < 0)
            return;
        StopWaiting();
        loop.Close(ref _pipe);
        source.Discard();
    }

    private void AwaitRoom()
    {
        _isFull = true;
        FullUntil = loop.Now + Limits.ReadingPatience;
        loop.Expect(FullUntil);
        // Only for what does not fit into the pipe at once.
        if (!_isWatched)
            loop.Watch(_pipe, Readiness.Write, this);
        _isWatched = true;
    }
}

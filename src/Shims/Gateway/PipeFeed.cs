using Shims.Posix;

namespace Shims.Gateway;

/// <summary>Writes a stream of the request into a pipe that a script reads, as fast as the script does, and ends the pipe where the stream ends.</summary>
internal sealed class PipeFeed(EventLoop loop, BodySpool source, IWatcher watcher)
{
    private int _pipe = -1;
    private bool _isWatched;

    /// <summary>Makes the pipe.</summary>
    /// <param name="readEnd">The script's end; the caller closes it.</param>
    internal bool Open(out int readEnd) => Libc.CreatePipe(shimReads: false, out readEnd, out _pipe);

    /// <summary>Writes what there is and what fits.</summary>
    internal void Feed()
    {
        while (_pipe >= 0)
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
            {
                source.Remove((int)written);
                continue;
            }
            if (Libc.WouldBlock)
            {
                Watch();
                return;
            }
            Stop(); // EPIPE: the script has closed its end
        }
    }

    /// <summary>Nobody reads any more: the rest of the stream is not kept.</summary>
    internal void Stop()
    {
        if (_pipe < 0)
            return;
        loop.Close(ref _pipe);
        source.Discard();
    }

    /// <summary>Only for what does not fit into the pipe at once.</summary>
    private void Watch()
    {
        if (_isWatched)
            return;
        _isWatched = true;
        loop.Watch(_pipe, Readiness.Write, watcher);
    }
}

using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Writes a stream of the request into a pipe that a script reads, as fast as the script does, and ends the pipe where the stream ends.</summary>
/// <remarks>What has been taken into the spool goes first; while that is empty, what arrives can be moved from the socket into the pipe without being looked at.</remarks>
internal sealed class PipeWriter(EventLoop loop, BodySpool source, IWatcher owner) : IWatcher
{
    private int _pipe = -1;
    private bool _isWatched;
    private bool _cannotMove;
    private long _fullUntil;

    /// <summary>The state of the pipe.</summary>
    internal PipeWriterState State { get; private set; }

    /// <summary>The time until which the script is expected to make room in the full pipe; <see cref="long.MaxValue"/> in any other state.</summary>
    internal long FullUntil => State == PipeWriterState.Full ? _fullUntil : long.MaxValue;

    /// <summary>True if <see cref="Move"/> is worth trying.</summary>
    internal bool IsDirect => State == PipeWriterState.Flowing && !_cannotMove && source.IsEmpty && source.Start is null;

    /// <summary>Makes the pipe.</summary>
    /// <param name="length">Bytes of the stream, as far as that is known.</param>
    /// <param name="readEnd">The script's end; the caller closes it.</param>
    internal bool Open(long length, out int readEnd)
    {
        if (!Libc.CreatePipe(shimReads: false, out readEnd, out _pipe))
            return false;
        State = PipeWriterState.Flowing;
        // Else the shim and the script wake each other for every few pages.
        if (length > Limits.LargePipe)
            Libc.EnlargePipe(_pipe, Limits.LargePipe);
        return true;
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        State = PipeWriterState.Flowing;
        // What has been taken in comes before anything more is.
        WriteAvailable();
        owner.OnReady(descriptor, readiness);
    }

    /// <summary>Writes what there is and what fits.</summary>
    internal void WriteAvailable()
    {
        while (State == PipeWriterState.Flowing)
        {
            ReadOnlySpan<byte> next = source.Front();
            if (next.IsEmpty)
            {
                if (source.IsAtEnd)
                    Close();
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

    /// <summary>Moves bytes of the stream from a socket that does not block into the pipe, inside the kernel.</summary>
    /// <returns>Bytes moved; 0 at the end of input; -1 if none could be: for errno's reason if the pipe still <see cref="IsDirect"/>, else for the pipe's.</returns>
    internal nint Move(int socket, long length)
    {
        nint count = Libc.Splice(socket, _pipe, length);
        // Either the socket is empty or the pipe is full. What comes in just after the first try must not be taken for the second of these.
        if (count < 0 && Libc.WouldBlock && Libc.Available(socket) > 0 && (count = Libc.Splice(socket, _pipe, length)) < 0 && Libc.WouldBlock)
            AwaitRoom();
        else if (count > 0)
            source.Passed(count);
        else if (count < 0 && Libc.Errno == Errno.EPIPE)
            Stop();
        else if (count < 0 && Libc.Errno == Errno.EINVAL)
            _cannotMove = true;
        return count;
    }

    /// <summary>Ends the waiting for room: the script has had its time.</summary>
    internal void StopWaiting()
    {
        if (State == PipeWriterState.Full)
            State = PipeWriterState.Overdue;
    }

    /// <summary>Stops: nothing reads any more, and the rest of the stream is not kept.</summary>
    internal void Stop()
    {
        if (State == PipeWriterState.Closed)
            return;
        Close();
        source.Discard();
    }

    private void Close()
    {
        State = PipeWriterState.Closed;
        loop.Close(ref _pipe);
    }

    private void AwaitRoom()
    {
        State = PipeWriterState.Full;
        _fullUntil = loop.Now + Limits.ReadingPatience;
        loop.WakeBy(_fullUntil);
        // Only for what does not fit into the pipe at once.
        if (!_isWatched)
            loop.Watch(_pipe, Readiness.Write, this);
        _isWatched = true;
    }
}

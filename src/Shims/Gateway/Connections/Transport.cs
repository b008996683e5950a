using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>The socket of a connection: what can be read from it and written to it now, and whether its peer is still there.</summary>
/// <remarks>
/// Reads and writes are tried until the kernel says that there is nothing, or no room; from then on the event loop tells. Two clocks run: while something waits to be sent
/// the peer must go on taking (<see cref="SendProgress"/>), and over TCP one that has ended its sending is taken for gone after a while.
/// </remarks>
internal sealed class Transport
{
    private readonly EventLoop _loop;
    private readonly ITransportOwner _owner;
    private readonly long _patience;
    private readonly int _goneAfter;
    private SendProgress _sending = new();
    private long _goneAt = long.MaxValue;
    private int _pieces;
    private bool _isNonBlocking;

    /// <param name="context">Its loop, and how long a peer may take nothing.</param>
    /// <param name="descriptor">Taken over.</param>
    /// <param name="owner">Is told of events.</param>
    internal Transport(LoopContext context, int descriptor, ITransportOwner owner)
    {
        _loop = context.Loop;
        _owner = owner;
        _patience = context.Limits.ProgressSeconds * 1000L;
        _goneAfter = context.Limits.GoneAfter;
        Descriptor = descriptor;
    }

    /// <summary>-1 once closed or given away.</summary>
    internal int Descriptor { get; private set; }

    internal bool IsClosed => Descriptor < 0;

    internal bool CanRead { get; private set; } = true;

    internal bool CanWrite { get; private set; } = true;

    /// <summary>The time to ask whether the peer <see cref="HasGone"/> or <see cref="HasStalled"/>.</summary>
    internal long Deadline => Math.Min(_goneAt, _sending.Deadline);

    /// <summary>True if the peer has taken all that was sent: a reset would destroy the rest of it.</summary>
    internal bool HasPeerTakenAll => Libc.Untaken(Descriptor) == 0;

    private Readiness Interest => Readiness.PeerEnded | (_owner.ExpectsInput ? Readiness.Read : Readiness.None) | (CanWrite ? Readiness.None : Readiness.Write);

    /// <summary>From now on the owner is told of events.</summary>
    internal void Watch() => _loop.WatchSoon(Descriptor, Interest, _owner);

    /// <summary>The owner expects something else from now on.</summary>
    /// <param name="looksAgain">True if what was left in the socket is to be read now.</param>
    internal void Rewatch(bool looksAgain = false)
    {
        CanRead |= looksAgain;
        _loop.Rewatch(Descriptor, Interest);
    }

    /// <summary>The loop has told of an event.</summary>
    internal void Note(Readiness readiness)
    {
        if ((readiness & (Readiness.Read | Readiness.PeerEnded | Readiness.HangUp | Readiness.Error)) != 0)
            CanRead = true;
        if ((readiness & Readiness.Write) == 0)
            return;
        CanWrite = true;
        _sending.End();
    }

    /// <summary>Takes what has arrived.</summary>
    /// <returns>Bytes; 0 at the end of input; -1 if there is nothing for now.</returns>
    internal nint Receive(Span<byte> buffer) => Note(Libc.Receive(Descriptor, buffer));

    /// <summary>Looks at what has arrived without taking it.</summary>
    internal nint Peek(Span<byte> buffer) => Note(Libc.Peek(Descriptor, buffer));

    /// <summary>Remembers what a read has told. A connection that was reset has ended.</summary>
    internal nint Note(nint count)
    {
        if (count >= 0)
            return count;
        bool isOver = !Libc.WouldBlock;
        CanRead = isOver;
        return isOver ? 0 : -1;
    }

    /// <summary>Notes that the bytes in the socket are too few, or are to stay there: nothing is read until more arrive.</summary>
    internal void WaitForMore() => CanRead = false;

    /// <summary>True if something has arrived that the loop may not have told of yet.</summary>
    internal bool HasMore() => Libc.Peek(Descriptor, stackalloc byte[1]) > 0;

    /// <summary>Reads away what has arrived.</summary>
    /// <returns>True if that was the end of input.</returns>
    internal bool ReadAway(Span<byte> scratch)
    {
        nint count;
        do
            count = Receive(scratch);
        while (count > 0);
        return count == 0;
    }

    /// <summary>Takes what was left in the socket, and any surplus (nginx cuts bytes beyond the body, other peers do not), so that closing does not reset the connection.</summary>
    internal bool IsEverythingRead(Span<byte> scratch) => Libc.Receive(Descriptor, scratch) < scratch.Length;

    /// <summary>Sends what fits.</summary>
    /// <param name="bytes">The next bytes.</param>
    /// <param name="isMoreToCome">True if it is to wait for what is sent at once after it, to travel with that.</param>
    /// <returns>Bytes sent. 0 if the peer takes nothing for now; if it has gone, that is told with the next event.</returns>
    internal int Send(ReadOnlySpan<byte> bytes, bool isMoreToCome = false)
    {
        if (!CanWrite)
            return 0;
        SendSoon();
        nint count = Libc.Send(Descriptor, bytes, isMoreToCome);
        if (count >= 0)
            return Taken((int)count);
        AwaitRoom();
        return 0;
    }

    /// <summary>Moves bytes that a pipe holds to the peer inside the kernel.</summary>
    /// <returns>Bytes moved; 0 as with <see cref="Send"/>.</returns>
    internal int SpliceFrom(int pipe, int length)
    {
        if (!CanWrite)
            return 0;
        StopBlocking();
        SendSoon();
        nint count = Libc.Splice(pipe, Descriptor, length);
        if (count > 0)
            return Taken((int)count);
        AwaitRoom();
        return 0;
    }

    /// <summary>Moves what has arrived of a stream on towards its reader, inside the kernel.</summary>
    /// <returns>As with <see cref="Receive"/>; -1 also if the reader's pipe takes nothing now.</returns>
    internal nint MoveInto(PipeWriter writer, long length)
    {
        StopBlocking();
        nint count = writer.Move(Descriptor, length);
        return writer.IsDirect ? Note(count) : count;
    }

    /// <summary>The peer has ended its sending. It may still wait for a response, or have gone, which over TCP looks the same until something is sent to it.</summary>
    /// <returns>True if that has to be found out: of a unix socket the kernel says for itself when the peer has gone.</returns>
    internal bool MayHaveGone()
    {
        if (Libc.SocketOption(Descriptor, Flags.SO_DOMAIN) == Flags.AF_UNIX)
            return false;
        _goneAt = _loop.Now + _goneAfter;
        return true;
    }

    /// <summary>True if a peer that <see cref="MayHaveGone"/> has had its time, and has not been taking bytes meanwhile.</summary>
    internal bool HasGone(long now)
    {
        if (now < _goneAt)
            return false;
        _goneAt = CanWrite ? long.MaxValue : now + _goneAfter;
        return CanWrite;
    }

    /// <summary>True if something waits to be sent, and the peer has taken nothing for too long.</summary>
    internal bool HasStalled(long now) => now >= _sending.Deadline && _sending.HasStalled(Descriptor, now, _patience);

    /// <summary>Ends the sending: the peer sees the end, whichever other process has the connection.</summary>
    internal void EndSending() => Libc.ShutdownWriting(Descriptor);

    /// <summary>Closing makes the peer see a reset: over TCP by asking for one, over unix sockets by leaving bytes unread.</summary>
    internal void ResetOnClose() => Libc.ResetOnClose(Descriptor);

    internal void Close()
    {
        int descriptor = Descriptor;
        _loop.Close(ref descriptor);
        Descriptor = -1;
    }

    /// <summary>Gives the descriptor to the caller. Nothing is told of it any more.</summary>
    internal int GiveAway()
    {
        int descriptor = Descriptor;
        _loop.Unwatch(descriptor);
        Descriptor = -1;
        return descriptor;
    }

    /// <summary>A peer that takes bytes has not gone.</summary>
    private int Taken(int count)
    {
        if (_goneAt != long.MaxValue)
            _goneAt = _loop.Now + _goneAfter;
        return count;
    }

    /// <summary>
    /// Over TCP the kernel holds a small piece back until the one before it has been acknowledged, and a peer that has nothing to say itself takes 40 ms for that
    /// (RFC 1122, section 4.2.3). What is sent here is as large as it can be, so nothing is gained by it. Most answers are one piece, and need no call.
    /// </summary>
    private void SendSoon()
    {
        if (_pieces < 2 && ++_pieces == 2)
            Libc.SetNoDelay(Descriptor);
    }

    /// <summary>Asks to be told of room only now: a script that writes to the connection itself would wake the loop with each write that the peer reads.</summary>
    private void AwaitRoom()
    {
        CanWrite = false;
        _sending.Begin(_loop.Now, _patience);
        _loop.WakeBy(_sending.Deadline);
        Rewatch();
    }

    /// <summary>splice has no MSG_DONTWAIT. No script shares the connection of a relay.</summary>
    private void StopBlocking()
    {
        if (!_isNonBlocking)
            Libc.SetNonBlocking(Descriptor, true);
        _isNonBlocking = true;
    }
}

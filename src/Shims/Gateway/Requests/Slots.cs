using System.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary><c>--max</c>: so many scripts at a time of one target and user, whichever process has started them, counted by locks, so that nothing is left over after a crash.</summary>
/// <remarks>
/// A slot is a locked byte of a file (fcntl(2), F_SETLK). The number of the byte says of which target and user it is, so that a lock can be told in /proc/locks whatever has become of
/// its file. So nothing depends on that file: a cleaner of temporary directories may take it away while scripts run, and where another user has taken its name, each process locks
/// a file without a name; the others see the lock all the same. <c>--max-wait</c>: the queue of those that wait for a slot is made of such
/// locks too.
/// </remarks>
internal sealed class Slots
{
    /// <summary>Slots of one target: bytes from one that has a hash for its number.</summary>
    private const int MostSlots = 1 << 20;

    /// <summary>Tickets of one target: bytes below those of all slots, from one that has a hash for its number. One for each 64
    /// microseconds of four years.</summary>
    private const int TicketBits = 41;

    private readonly Lock _gate = new();
    private readonly int _maximum;
    private readonly long _first;
    private readonly long _firstTicket;
    private readonly bool[] _isOwn = [];
    private readonly List<long> _tickets = [];
    private int _file = -1;

    /// <param name="options">The count applies to one target and one user.</param>
    internal Slots(GatewayOptions options)
    {
        _maximum = Math.Min(options.Limits.Concurrency, MostSlots);
        if (_maximum == 0)
            return;
        _isOwn = new bool[_maximum];
        ulong hash = PathHash.Of(options.Target.Path);
        _first = (long)(1ul << 62 | (hash & (1ul << 62) - 1)) & -MostSlots;
        _firstTicket = (long)(hash & (1ul << 62 - TicketBits) - 1) << TicketBits;
    }

    /// <summary>The number of slots; 0 where there is no maximum.</summary>
    internal int Maximum => _maximum;

    /// <summary>True if a request that comes now finds no slot, as far as can be seen without taking one.</summary>
    internal bool AreTaken
    {
        get
        {
            if (_maximum == 0)
                return false;
            int own = 0;
            lock (_gate)
            {
                foreach (bool isOwn in _isOwn)
                    own += isOwn ? 1 : 0;
            }
            return own + LockFile.CountElsewhere(_first, _first + _maximum - 1) >= _maximum;
        }
    }

    /// <summary>Takes a free slot.</summary>
    /// <param name="slot">To be given back with <see cref="GiveBack"/>; -1 where there is no maximum.</param>
    /// <param name="reason">The error (errno) if it cannot be known whether one is free; 0 if all are taken.</param>
    internal bool TryTake(out int slot, out int reason)
    {
        slot = -1;
        reason = 0;
        if (_maximum == 0)
            return true;
        lock (_gate)
        {
            if (!HasFile)
                reason = Libc.Errno;
            for (int i = 0; i < _maximum && reason == 0; i++)
            {
                if (_isOwn[i] || !TryLock(i, out reason))
                    continue;
                _isOwn[i] = true;
                slot = i;
                return true;
            }
        }
        return false;
    }

    /// <summary>Gives a slot back; -1 is none.</summary>
    internal void GiveBack(int slot)
    {
        if (slot < 0)
            return;
        lock (_gate)
        {
            Libc.UnlockByte(_file, _first + slot);
            _isOwn[slot] = false;
        }
    }

    /// <summary>Takes the place of a request that has come now, after all that have come before it to any process: its time of arrival is
    /// the number of a byte that is locked.</summary>
    /// <returns>To be given back with <see cref="Leave"/>; -1 if no lock can be taken, or if too many requests of this process wait
    /// already.</returns>
    internal long Join()
    {
        const int unit = 64;
        long ticket = _firstTicket + (Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000 * unit) & (1L << TicketBits) - 1);
        lock (_gate)
        {
            if (!HasFile || _tickets.Count >= Limits.WaitingRequests)
                return -1;
            for (; ; ticket++)
            {
                if (_tickets.Contains(ticket))
                    continue;
                if (Libc.TryLockByte(_file, ticket))
                    break;
                if (Libc.Errno is not (Errno.EAGAIN or Errno.EACCES))
                    return -1;
            }
            _tickets.Add(ticket);
            return ticket;
        }
    }

    /// <summary>Gives a place back.</summary>
    internal void Leave(long ticket)
    {
        lock (_gate)
        {
            Libc.UnlockByte(_file, ticket);
            _tickets.Remove(ticket);
        }
    }

    /// <summary>The number of requests that wait before a place, in this process and others of the target and user.</summary>
    internal int Ahead(long ticket)
    {
        int count = 0;
        lock (_gate)
        {
            foreach (long own in _tickets)
                count += own < ticket ? 1 : 0;
        }
        return count + LockFile.CountElsewhere(_firstTicket, ticket - 1);
    }

    /// <summary>True if a request that comes now finds others waiting.</summary>
    internal bool HasQueue => Ahead(_firstTicket + (1L << TicketBits)) > 0;

    private bool HasFile => _file >= 0 || (_file = LockFile.Open()) >= 0;

    private bool TryLock(int slot, out int reason)
    {
        reason = 0;
        if (!Libc.TryLockByte(_file, _first + slot))
        {
            if (Libc.Errno is not (Errno.EAGAIN or Errno.EACCES))
                reason = Libc.Errno;
            return false;
        }
        if (LockFile.CountElsewhere(_first + slot, _first + slot) == 0)
            return true;
        Libc.UnlockByte(_file, _first + slot);
        return false;
    }
}

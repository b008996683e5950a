using System.Globalization;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary><c>--max</c>: so many scripts at a time of one target and user, whichever process has started them, counted by locks, so that nothing is left over after a crash.</summary>
/// <remarks>
/// A slot is a locked byte of a file (fcntl(2), F_SETLK). The number of the byte says of which target and user it is, so that a lock can be told in /proc/locks whatever has become of
/// its file. So nothing depends on that file: a cleaner of temporary directories may take it away while scripts run, and where another user has taken its name, each process locks
/// a file without a name; the others see the lock all the same.
/// </remarks>
internal sealed class Slots
{
    /// <summary>Slots of one target: bytes from one that has a hash for its number.</summary>
    private const int MostSlots = 1 << 20;

    private readonly Lock _gate = new();
    private readonly int _maximum;
    private readonly long _first;
    private readonly bool[] _isOwn = [];
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
            if (_file < 0)
                _file = LockFile.Open();
            if (_file < 0)
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

    private bool TryLock(int slot, out int reason)
    {
        reason = 0;
        if (!Libc.TryLockByte(_file, _first + slot))
        {
            if (Libc.Errno is not (Errno.EAGAIN or Errno.EACCES))
                reason = Libc.Errno;
            return false;
        }
        if (!IsLockedElsewhere(_first + slot))
            return true;
        Libc.UnlockByte(_file, _first + slot);
        return false;
    }

    /// <summary>True if another process of this user has locked the byte in some other file. proc_locks(5).</summary>
    private static bool IsLockedElsewhere(long number)
    {
        string wanted = number.ToString(CultureInfo.InvariantCulture), self = Libc.ProcessId.ToString(CultureInfo.InvariantCulture);
        foreach (string line in LockFile.ReadText("/proc/locks").Split('\n'))
        {
            // "1: POSIX  ADVISORY  WRITE 4711 fe:01:131 FIRST LAST"
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [_, "POSIX", _, "WRITE", var process, _, var first, _] && first == wanted && process != self && LockFile.IsOfThisUser(process))
                return true;
        }
        return false;
    }
}

using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Recording;

/// <summary>The directory that capsules are kept in: a bounded number of them, the newest.</summary>
internal sealed unsafe class CapsuleFolder(string directory)
{
    private const string Suffix = ".capsule";

    /// <summary>More than one, so that a number that has grown too large becomes smaller; few, so that no request waits long.</summary>
    private const int RemovedAtOnce = 2;

    internal string Name => directory;

    /// <summary>Writes a capsule, and removes the oldest if there are too many.</summary>
    /// <param name="requestId">Becomes its name; with a hyphen and a further id if there is a capsule of that name, as ids of a web
    /// server may come twice.</param>
    /// <param name="capsule">Its content.</param>
    /// <param name="path">Its path.</param>
    /// <param name="obstacle">The cause for which it could not be written, and the fix.</param>
    internal bool TryKeep(string requestId, ReadOnlySpan<byte> capsule, out string path, out string? obstacle)
    {
        if (!TryWrite(requestId, capsule, out path, out int reason) && reason == Errno.EEXIST)
            TryWrite($"{requestId}-{Log.NewRequestId()}", capsule, out path, out reason);
        obstacle = reason == 0 ? null : Explain(reason);
        if (reason == 0)
            RemoveOldest();
        return reason == 0;
    }

    private bool TryWrite(string name, ReadOnlySpan<byte> capsule, out string path, out int reason)
    {
        path = $"{directory}/{name}{Suffix}";
        byte[] temporary = Encoding.UTF8.GetBytes($"{directory}/.{name}{Suffix}\0"), lasting = Encoding.UTF8.GetBytes(path + "\0");
        // No other user can read it, and a file that another user has put there is neither opened nor written to.
        int file = Libc.Open(temporary, Flags.O_WRONLY | Flags.O_CREAT | Flags.O_EXCL | Flags.O_NOFOLLOW, 0x180 /* 0600 */);
        bool isWritten = file >= 0 && Write(file, capsule);
        reason = isWritten ? 0 : Math.Max(Errno.EPERM, Libc.Errno);
        Libc.Close(file);
        if (isWritten)
            reason = Publish(temporary, lasting);
        if (reason != 0 && file >= 0)
            Libc.Unlink(temporary);
        return reason == 0;
    }

    /// <summary>Gives the file its lasting name, and never takes that of another.</summary>
    /// <returns>0, or the error.</returns>
    private static int Publish(byte[] temporary, byte[] lasting)
    {
        if (Libc.Link(temporary, lasting) == 0)
            return Libc.Unlink(temporary) == 0 ? 0 : Libc.Errno;
        // A file system without hard links: the look comes before the change of the name.
        if (Libc.Errno is not (Errno.EPERM or Errno.EOPNOTSUPP or Errno.ENOSYS))
            return Libc.Errno;
        if (Libc.TryGetStatus(lasting, follow: false, out _))
            return Errno.EEXIST;
        return Libc.Rename(temporary, lasting) == 0 ? 0 : Libc.Errno;
    }

    private static bool Write(int file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written = Libc.Write(file, bytes);
            if (written <= 0)
                return false;
            bytes = bytes[(int)written..];
        }
        return true;
    }

    private string Explain(int reason) => reason switch
    {
        Errno.ENOENT => $"there is no such directory: install -d -m 700 -o {Libc.EffectiveUser} {directory}",
        Errno.ENOTDIR => "it is not a directory: give --record the path of one",
        Errno.EACCES or Errno.EPERM => $"user {Libc.EffectiveUser} may not write there: give --record a directory of its own: install -d -m 700 -o {Libc.EffectiveUser} {directory}/shims",
        Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG => $"there is no room ({ScriptDiagnosis.Name(reason)}): remove what is not needed, or give --record a directory with more",
        _ => $"{ScriptDiagnosis.Name(reason)}: give --record a directory that user {Libc.EffectiveUser} can write to",
    };

    /// <summary>
    /// Looks for the oldest until there are few enough. Several processes may do so at once: each adds one capsule and removes one or
    /// two, so the number comes down to the bound whichever is last.
    /// </summary>
    private void RemoveOldest()
    {
        for (int removed = 0; removed < RemovedAtOnce && FindOldest(out byte[] oldest) > Limits.Capsules;)
        {
            if (Libc.Unlink(oldest) == 0)
                removed++;
            else if (Libc.Errno != Errno.ENOENT) // another process was faster
                return;
        }
    }

    /// <summary>Counts the capsules, including unfinished ones.</summary>
    /// <param name="oldest">The path of the oldest, NUL-terminated.</param>
    private int FindOldest(out byte[] oldest)
    {
        oldest = [0];
        int count = 0;
        long oldestSeconds = long.MaxValue;
        uint oldestNanoseconds = 0;
        byte[] start = Encoding.UTF8.GetBytes(directory + "/");
        nint listing = Libc.OpenDirectory(Encoding.UTF8.GetBytes(directory + "\0"));
        for (byte* name = Libc.NextName(listing); name != null; name = Libc.NextName(listing))
        {
            var bytes = new ReadOnlySpan<byte>(name, Libc.LengthOf(name) + 1);
            if (!bytes.EndsWith(".capsule\0"u8))
                continue;
            byte[] path = [.. start, .. bytes];
            if (!Libc.TryGetStatus(path, follow: false, out FileStatus status) || !status.IsFile)
                continue;
            count++;
            if (status.ModifiedSeconds > oldestSeconds || (status.ModifiedSeconds == oldestSeconds && status.ModifiedNanoseconds >= oldestNanoseconds))
                continue;
            (oldest, oldestSeconds, oldestNanoseconds) = (path, status.ModifiedSeconds, status.ModifiedNanoseconds);
        }
        Libc.CloseDirectory(listing);
        return count;
    }
}

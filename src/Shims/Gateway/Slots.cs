using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary><c>--max</c>: so many scripts at a time, counted by locks on files, so that no daemon has to count and nothing is left over after a crash.</summary>
internal sealed unsafe class Slots
{
    private readonly int _maximum;
    private readonly string _directory = "";

    /// <param name="options">The count applies to one target and one user.</param>
    internal Slots(GatewayOptions options)
    {
        _maximum = options.Limits.Concurrency;
        if (_maximum > 0)
            _directory = MakeDirectory(options);
    }

    /// <summary>Takes a free slot.</summary>
    /// <param name="slot">The lock, to be given back with <see cref="GiveBack"/>. -1 where there is no maximum.</param>
    /// <returns>False if all are taken.</returns>
    internal bool TryTake(out int slot)
    {
        slot = -1;
        for (int i = 0; i < _maximum; i++)
        {
            slot = Libc.Open(Encoding.UTF8.GetBytes($"{_directory}/{i}\0"), Flags.O_RDWR | Flags.O_CREAT | Flags.O_NOFOLLOW, 0x180 /* 0600 */);
            if (slot >= 0 && Libc.TryLock(slot))
                return true;
            Libc.Close(slot);
            slot = -1;
        }
        return _maximum == 0;
    }

    /// <summary>Gives a slot back; -1 is none.</summary>
    internal static void GiveBack(int slot)
    {
        if (slot < 0)
            return;
        // Closing alone would not do: a script that another loop is just starting has the descriptor too, until execve(2).
        Libc.Unlock(slot);
        Libc.Close(slot);
    }

    /// <summary>A directory that nobody else can have prepared.</summary>
    private static string MakeDirectory(GatewayOptions options)
    {
        byte* temporary = Libc.EnvironmentVariable("TMPDIR\0"u8);
        string parent = temporary == null ? "/tmp" : Encoding.UTF8.GetString(temporary, Libc.LengthOf(temporary)).TrimEnd('/');
        string ofTarget = Fnv1a(options.Target.Path).ToString("x16");
        string directory = $"{parent}/shims-{Libc.EffectiveUser}-{ofTarget}";
        fixed (byte* path = Encoding.UTF8.GetBytes(directory + "\0"))
        {
            Libc.MakeDirectory(path, 0x1C0 /* 0700 */);
            if (!Libc.TryGetStatus(path, follow: false, out FileStatus status) || !status.IsDirectory || status.Owner != Libc.EffectiveUser)
                throw new ShimException(ExitCode.SystemError, $"--max needs the directory {directory}, which cannot be made or belongs to somebody else", $"remove it, or set TMPDIR to a directory that user {Libc.EffectiveUser} can write to");
        }
        return directory;
    }

    /// <summary>A name for a path; a cryptographic hash would bring in half a megabyte of library. FNV-1a (Fowler, Noll, Vo), 64 bits.</summary>
    private static ulong Fnv1a(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte next in bytes)
            hash = (hash ^ next) * 0x100000001b3;
        return hash;
    }
}

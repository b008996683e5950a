using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>The file whose bytes are locked for <c>--max</c>: where no other user can get in the way, if there is such a place.</summary>
internal static unsafe class LockFile
{
    /// <summary>Opens it, and makes it if it is not there.</summary>
    /// <remarks>
    /// In the directory that systemd has made for the service (RuntimeDirectory=), or that TMPDIR names, or one that belongs to this user alone; else in /tmp. What is found there under its
    /// name and belongs to another user is left alone, and a file without a name is locked instead.
    /// </remarks>
    /// <returns>-1 if there is none; errno says why.</returns>
    internal static int Open()
    {
        foreach (string directory in Directories())
        {
            int file = Libc.Open(Encoding.UTF8.GetBytes($"{directory}/shims-{Number(Libc.EffectiveUser)}.lock\0"), Flags.O_RDWR | Flags.O_CREAT | Flags.O_NOFOLLOW | Flags.O_NONBLOCK, 0x180 /* 0600 */);
            if (file >= 0 && Libc.TryGetStatus(file, out FileStatus status) && status.IsFile && status.Owner == Libc.EffectiveUser && status.IsPrivate)
                return file;
            Libc.Close(file);
        }
        return Libc.CreateMemoryFile("shims\0"u8);
    }

    /// <summary>A file of /proc, as text; empty if it cannot be read.</summary>
    internal static string ReadText(string path)
    {
        int file = Libc.Open(Encoding.UTF8.GetBytes(path + "\0"), Flags.O_RDONLY);
        if (file < 0)
            return "";
        var text = new StringBuilder();
        Span<byte> part = stackalloc byte[4096];
        while (Libc.Read(file, part) is > 0 and nint count)
            text.Append(Encoding.Latin1.GetString(part[..(int)count]));
        Libc.Close(file);
        return text.ToString();
    }

    /// <summary>The number of bytes that other processes of this user have locked, in whatever file. proc_locks(5).</summary>
    /// <param name="first">The first byte that is asked about.</param>
    /// <param name="last">The last one.</param>
    internal static int CountElsewhere(long first, long last)
    {
        string self = Libc.ProcessId.ToString(CultureInfo.InvariantCulture);
        long count = 0;
        foreach (string line in ReadText("/proc/locks").Split('\n'))
        {
            // "1: POSIX  ADVISORY  WRITE 4711 fe:01:131 FIRST LAST": neighbours are one lock
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [_, "POSIX", _, "WRITE", var process, _, var from, var to] && process != self
                && long.TryParse(from, CultureInfo.InvariantCulture, out long start)
                    && long.TryParse(to, CultureInfo.InvariantCulture, out long end)
                && start <= last && end >= first && IsOfThisUser(process))
            {
                count += Math.Min(end, last) - Math.Max(start, first) + 1;
            }
        }
        return (int)Math.Min(count, int.MaxValue);
    }

    /// <summary>True if a process runs as this user. proc_pid_status(5).</summary>
    internal static bool IsOfThisUser(string process)
    {
        string status = ReadText($"/proc/{process}/status");
        int start = status.IndexOf("\nUid:\t", StringComparison.Ordinal);
        if (start < 0)
            return false;
        // real, effective, saved, file system
        string[] users = status[start..].Split('\t', '\n');
        return users.Length > 3 && users[3] == Number(Libc.EffectiveUser);
    }

    private static List<string> Directories()
    {
        var directories = new List<string>();
        Add(directories, Variable("RUNTIME_DIRECTORY\0"u8)?.Split(':')[0]);
        string? temporary = Variable("TMPDIR\0"u8);
        Add(directories, temporary);
        if (temporary is not null)
            return directories;
        AddOwn(directories, $"/run/user/{Number(Libc.EffectiveUser)}");
        AddOwn(directories, "/run/shims");
        directories.Add("/tmp");
        return directories;
    }

    private static void Add(List<string> directories, string? directory)
    {
        if (directory is ['/', ..])
            directories.Add(directory.TrimEnd('/'));
    }

    private static void AddOwn(List<string> directories, string directory)
    {
        if (Libc.TryGetStatus(Encoding.UTF8.GetBytes(directory + "\0"), follow: false, out FileStatus status) && status.IsDirectory && status.Owner == Libc.EffectiveUser)
            directories.Add(directory);
    }

    private static string? Variable(ReadOnlySpan<byte> nulTerminatedName)
    {
        byte* value = Libc.EnvironmentVariable(nulTerminatedName);
        return value == null ? null : Encoding.UTF8.GetString(value, Libc.LengthOf(value));
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);
}

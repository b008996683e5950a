using System.Diagnostics;
using System.Globalization;
using Mono.Unix.Native;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>The processes of this machine, as /proc shows them; none on systems without it.</summary>
internal static class RunningServers
{
    /// <summary>The folders of servers, as a PATH.</summary>
    internal const string Folders = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

    /// <summary>Each service asks, often side by side; to look at all processes takes milliseconds.</summary>
    private static readonly TimeSpan s_freshness = TimeSpan.FromSeconds(1);

    private static readonly Lock s_looking = new();
    private static IReadOnlyList<(int Id, string[] Command)> s_seen = [];
    private static long s_seenAt = long.MinValue;

    /// <summary>All processes whose command line may be seen, as they were a moment ago.</summary>
    internal static IReadOnlyList<(int Id, string[] Command)> All()
    {
        lock (s_looking)
        {
            if (s_seenAt == long.MinValue || Stopwatch.GetElapsedTime(s_seenAt) > s_freshness)
                (s_seen, s_seenAt) = ([.. Look()], Stopwatch.GetTimestamp());
            return s_seen;
        }
    }

    private static IEnumerable<(int Id, string[] Command)> Look()
    {
        foreach (string folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && TryRead($"{folder}/cmdline") is { Length: > 0 } line)
                yield return (id, line.TrimEnd('\0').Split('\0'));
        }
    }

    /// <summary>The first process of a server that root or this user has started, or its master where workers have the same name.</summary>
    /// <param name="configuration">What it must have been told to read; null for what it reads without being told.</param>
    /// <param name="names">Names of its program.</param>
    internal static int? Find(string? configuration, params string[] names) => Named(names)
        .Where(process => configuration is null
            ? !string.Join(' ', process.Command).Split(' ').Any(word => word.EndsWith(".conf", StringComparison.Ordinal))
            : Array.Exists(process.Command, argument => argument.Contains(configuration, StringComparison.Ordinal)))
        .OrderBy(process => process.Id).Select(process => (int?)process.Id).FirstOrDefault();

    /// <summary>The process of a server whose number a file holds; null if there is no such file, or no such process.</summary>
    /// <param name="pidFile">Written by the server; null if its configuration names none.</param>
    /// <param name="names">Names of its program.</param>
    internal static int? FindByFile(string? pidFile, params string[] names) =>
        pidFile is not null && pidFile.StartsWith('/') && File.Exists(pidFile)
        && int.TryParse(TryRead(pidFile)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        && Named(names).Any(process => process.Id == id) ? id : null;

    /// <summary>The processes of a server that root or this user has started, but for its workers.</summary>
    private static IEnumerable<(int Id, string[] Command)> Named(string[] names) => All()
        // nginx changes its own command line: "nginx: master process /usr/sbin/nginx -c ...".
        .Where(process => Array.Exists(names, name => Path.GetFileName(process.Command[0].Split(' ')[0].TrimEnd(':')) == name)
            && !process.Command[0].Contains("worker process", StringComparison.Ordinal))
        // Every user can start a process of that name, and its number may be that of another process afterwards.
        .Where(process => Syscall.stat($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}", out Stat status) == 0
            && (status.st_uid == 0 || status.st_uid == UserAccount.Current.UserId));

    /// <summary>The command that lets a server read its configuration again.</summary>
    /// <param name="configuration">The file that it reads.</param>
    /// <param name="signal">The signal by which it does.</param>
    /// <param name="otherwise">The command to print if no such server runs.</param>
    /// <param name="names">Names of its program.</param>
    internal static ShellCommand? ReloadCommand(string configuration, string signal, ShellCommand? otherwise, params string[] names) =>
        FindReader(configuration, names) is { } id
            ? ShellCommand.Of("kill", $"-{signal}", id.ToString(CultureInfo.InvariantCulture))
            : otherwise;

    /// <summary>The command that ends a server, if it runs, and starts it: what it only does at its start is done again.</summary>
    /// <param name="configuration">The file that it reads.</param>
    /// <param name="start">The command that starts it; where that is the system's, it also ends it.</param>
    /// <param name="names">Names of its program.</param>
    internal static ShellCommand? RestartCommand(string configuration, ShellCommand? start, params string[] names) =>
        FindReader(configuration, names) is { } id && start?.Text.StartsWith("service ", StringComparison.Ordinal) == false
            ? ShellCommand.Replace(id, start)
            : start;

    /// <summary>A server reads its configuration in /etc without being told.</summary>
    private static int? FindReader(string configuration, string[] names) =>
        Find(configuration, names) ?? (configuration.StartsWith("/etc/", StringComparison.Ordinal) ? Find(null, names) : null);

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended meanwhile, or belongs to another user.
        }
    }
}

using System.Globalization;

namespace Shims.Testing;

/// <summary>The processes that descend from one, as far as the kernel still knows.</summary>
public static class ProcessTree
{
    /// <summary>Children, their children and so on, and whoever shares a session with the process or one of those; not those that have ended.</summary>
    /// <remarks>
    /// A child of a child that has ended belongs to process 1, but is still in the session. openbsd-inetd gives each wait
    /// service a session of its own, but is its parent.
    /// </remarks>
    public static IReadOnlyList<int> Of(int ancestor)
    {
        List<(int Id, int Parent, int Session)> all = [.. Processes()];
        var found = new HashSet<int> { ancestor };
        var sessions = new HashSet<int> { ancestor };
        for (int before = 0; before != found.Count;)
        {
            before = found.Count;
            foreach ((int id, int parent, int session) in all)
            {
                if (!found.Contains(parent) && !sessions.Contains(session))
                    continue;
                found.Add(id);
                sessions.Add(session);
            }
        }
        found.Remove(ancestor);
        return [.. found];
    }

    /// <summary>Ends a process. That it has ended by itself meanwhile is fine.</summary>
    public static void Kill(int id) => Signal(id, Libc.Kill);

    /// <summary>Sends a signal to a process. That it has ended by itself meanwhile is fine.</summary>
    public static void Signal(int id, int signal) => _ = Libc.kill(id, signal);

    private static IEnumerable<(int Id, int Parent, int Session)> Processes()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            string[] fields;
            try
            {
                // pid (name) state ppid pgrp session ...: the name may hold anything, so count from its last bracket.
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue; // It has ended since the folder was listed.
            }
            if (fields[0] is not "Z" and not "X")
                yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
        }
    }
}

using System.Globalization;

namespace Shims.Testing;

/// <summary>The processes that descend from one which <see cref="Launcher"/> started: it leads a session, and they inherit it.</summary>
internal static class Session
{
    /// <summary>The members of a session that have not ended.</summary>
    internal static IEnumerable<int> Members(int session)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
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
            if (fields[0] != "Z" && fields[3] == session.ToString(CultureInfo.InvariantCulture)) yield return id;
        }
    }

    /// <summary>Ends a process. That it has ended by itself meanwhile is fine.</summary>
    internal static void Kill(int id) => _ = Libc.kill(id, Libc.Kill);
}

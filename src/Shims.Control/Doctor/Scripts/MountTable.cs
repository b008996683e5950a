using System.Text;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The mounts of this machine, and whether programs may be run from them.</summary>
/// <remarks><code>36 35 98:0 /root /mount/point rw,noexec master:1 - ext3 /dev/sda1 rw</code>proc_pid_mountinfo(5).</remarks>
internal sealed class MountTable
{
    private readonly List<(string Point, bool ForbidsExecution)> _mounts = [];

    internal MountTable(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            if (line.Split(' ') is [_, _, _, _, var point, var options, ..])
                _mounts.Add((Unescape(point), options.Split(',').Contains("noexec")));
        }
    }

    /// <summary>This machine's; empty where the kernel does not say.</summary>
    internal static MountTable OfThisMachine() =>
        new(File.Exists("/proc/self/mountinfo") ? File.ReadLines("/proc/self/mountinfo") : []);

    /// <summary>The mount point whose options forbid to run a file.</summary>
    /// <param name="path">Absolute, and without links.</param>
    /// <returns>Null if none does.</returns>
    internal string? FindNoExec(string path)
    {
        (string Point, bool ForbidsExecution) best = ("", false);
        foreach ((string Point, bool ForbidsExecution) mount in _mounts)
        {
            // Of two mounts on one point the later one hides the other.
            if (mount.Point.Length >= best.Point.Length && Holds(mount.Point, path))
                best = mount;
        }
        return best.ForbidsExecution ? best.Point : null;
    }

    private static bool Holds(string point, string path) =>
        point == "/" || path == point || (path.StartsWith(point, StringComparison.Ordinal) && path[point.Length] == '/');

    /// <summary>Space, tab, line feed and backslash stand there as \040, \011, \012 and \134.</summary>
    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }
        return plain.ToString();
    }
}

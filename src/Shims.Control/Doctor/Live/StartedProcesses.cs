using System.Globalization;
using Shims.Posix;

namespace Shims.Control.Doctor.Live;

/// <summary>A process that this one has started, and those that it has started in turn. proc(5).</summary>
internal sealed class StartedProcesses
{
    private readonly List<int> _processes = [];

    /// <summary>Those that there are now.</summary>
    /// <param name="process">The first one; 0 for none.</param>
    internal static StartedProcesses Below(int process)
    {
        var found = new StartedProcesses();
        if (process == 0)
            return found;
        ILookup<int, int> children = (Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0).ToLookup(ParentOf);
        found._processes.Add(process);
        var open = new Queue<int>([process]);
        while (open.TryDequeue(out int parent))
        {
            foreach (int child in children[parent])
            {
                found._processes.Add(child);
                open.Enqueue(child);
            }
        }
        return found;
    }

    /// <summary>Asks all of them to end.</summary>
    internal void Stop()
    {
        foreach (int process in _processes)
            Libc.Signal(process, Flags.SIGTERM);
    }

    /// <summary>The fourth field; the second, a name in parentheses, may have anything in it.</summary>
    private static int ParentOf(int process)
    {
        string status = Read(process, "stat");
        string[] fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent) ? parent : -1;
    }

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended between two looks, or is none of ours any more.
        }
    }
}

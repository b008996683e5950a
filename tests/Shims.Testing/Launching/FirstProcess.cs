using System.Globalization;

namespace Shims.Testing;

/// <summary>A program as process 1 of a namespace of its own, as in a container. pid_namespaces(7).</summary>
public static class FirstProcess
{
    /// <summary>The start of a program as process 1: what is launched is unshare, whose only child it is.</summary>
    public static Launch Of(Launch launch)
    {
        Requires.Tools("unshare", "setsid");
        Requires.That(Environment.IsPrivilegedProcess, "root, for a namespace of processes");
        return launch with { Program = Tool.PathOf("unshare"), Arguments = ["--pid", "--fork", "--kill-child", "--mount-proc", launch.Program, .. launch.Arguments] };
    }

    /// <summary>A command of the shell that leaves a process in a session of its own, which a moment later adds a line to a file and ends.</summary>
    public static string Leaving(string file) => $"(setsid sh -c 'sleep 0.2; echo ended >> {file}' >/dev/null 2>&1 </dev/null &)";

    /// <summary>Waits until so many of the processes that were left have ended, and then until process 1 has no ended child.</summary>
    public static async Task WaitForNoZombiesAsync(LaunchedProgram unshare, string file, int count)
    {
        await Patience.UntilAsync(() => File.Exists(file) && File.ReadAllLines(file).Length == count, "the end of what was left");
        int first = ChildrenOf(unshare.ProcessId).Single();
        await Patience.UntilAsync(() => !ChildrenOf(first).Any(IsZombie), $"no zombies; there are {string.Join(' ', ChildrenOf(first).Where(IsZombie))}");
    }

    /// <summary>Of all threads; of one that ends meanwhile, none. proc_tid_children(5).</summary>
    private static IEnumerable<int> ChildrenOf(int process) => Directory.GetDirectories($"/proc/{process}/task").SelectMany(static thread => Read(thread + "/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(static number => int.Parse(number, CultureInfo.InvariantCulture));

    /// <summary>proc_pid_stat(5): the name, in parentheses, may hold anything; then the state.</summary>
    private static bool IsZombie(int process) => Read($"/proc/{process}/stat") is { Length: > 0 } stat && stat[stat.LastIndexOf(')') + 2] == 'Z';

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}

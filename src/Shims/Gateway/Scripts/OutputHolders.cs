using System.Globalization;
using System.Text;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>The processes that keep a script's output open after the script itself has ended. proc_pid_fd(5).</summary>
internal static class OutputHolders
{
    /// <summary>Looks through the processes that this user may look at.</summary>
    /// <param name="descriptor">Our end of the script's pipe, or our descriptor of the connection that it writes to.</param>
    internal static List<int> Of(int descriptor) => Among(Processes(), descriptor);

    /// <summary>The same for a script that has just ended. Numbers ascend, so only those that were given after its own are looked at: few, however many processes there are. proc_loadavg(5).</summary>
    /// <param name="script">The script's number.</param>
    /// <param name="descriptor">As in <see cref="Of"/>.</param>
    /// <param name="scripts">The scripts of other requests: they do not get the descriptor.</param>
    internal static List<int> StartedAfter(int script, int descriptor, RunningScripts scripts)
    {
        int last = LastProcess();
        List<int> later = last >= script && last - script <= Limits.NumbersToTry ? Between(script, last) : Processes(after: last < script ? 0 : script);
        later.RemoveAll(scripts.Contains);
        return later.Count == 0 ? later : Among(later, descriptor);
    }

    /// <summary>Ends those of some processes that have the output.</summary>
    /// <param name="holders">As found a while ago. Each is looked at again, since its number may be another process's by now.</param>
    /// <param name="descriptor">As in <see cref="Of"/>.</param>
    internal static void End(List<int> holders, int descriptor)
    {
        foreach (int holder in holders)
        {
            if (Among([holder], descriptor).Count > 0)
                Libc.Signal(holder, Flags.SIGKILL);
        }
    }

    /// <summary>The fault of a response that had to be ended although they had not.</summary>
    /// <param name="script">The script's path.</param>
    /// <param name="process">The script, which has ended.</param>
    /// <param name="holders">Those that are left.</param>
    internal static Fault Explain(string script, ScriptProcess process, List<int> holders)
    {
        string holder = holders.Count == 0 ? "a process that it has started" : $"process {holders[0]} ({NameOf(holders[0])})";
        return new Fault(502, $"{script} has ended (exit status {process.ExitCode}), but {holder} still holds its standard output",
            $"redirect the output of background processes (>/dev/null 2>&1), or raise {(process.IsTimeOver ? "--timeout" : "--output-wait")} if they have more to write");
    }

    /// <summary>Bytes that they have written in all, to whatever; proc_pid_io(5).</summary>
    internal static long Written(List<int> holders)
    {
        long sum = 0;
        Span<byte> text = stackalloc byte[512];
        foreach (int holder in holders)
        {
            ReadOnlySpan<byte> report = Read($"{Number(holder)}/io", text);
            int start = report.IndexOf("wchar: "u8);
            if (start >= 0 && System.Buffers.Text.Utf8Parser.TryParse(report[(start + "wchar: "u8.Length)..], out long written, out _))
                sum += written;
        }
        return sum;
    }

    /// <remarks>A script that another thread is starting has all of our descriptors until it is executed: it is still this program then, and looked at before its descriptors are.</remarks>
    private static List<int> Among(List<int> processes, int descriptor)
    {
        string? wanted = Libc.ReadLink(Path($"self/fd/{Number(descriptor)}")), own = ProgramOf(Libc.ProcessId);
        return wanted is null ? [] : processes.FindAll(process => ProgramOf(process) != own && Holds(process, wanted));
    }

    private static string? ProgramOf(int process) => Libc.ReadLink(Path($"{Number(process)}/exe"));

    /// <param name="after">Only those whose numbers are larger.</param>
    private static List<int> Processes(int after = 0)
    {
        var processes = new List<int>();
        foreach (string name in NamesIn("/proc"))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && process > after)
                processes.Add(process);
        }
        return processes;
    }

    /// <summary>Those whose numbers are larger than one, and not larger than another.</summary>
    private static List<int> Between(int script, int last)
    {
        var processes = new List<int>();
        for (int number = script + 1; number <= last; number++)
        {
            if (Libc.IsOwnProcess(number))
                processes.Add(number);
        }
        return processes;
    }

    /// <summary>The number that was given last, to a process or a thread; 0 if that is not known.</summary>
    private static int LastProcess()
    {
        ReadOnlySpan<byte> load = Read("loadavg", stackalloc byte[128]).TrimEnd((byte)'\n');
        return System.Buffers.Text.Utf8Parser.TryParse(load[(load.LastIndexOf((byte)' ') + 1)..], out int last, out _) ? last : 0;
    }

    private static bool Holds(int process, string wanted)
    {
        string folder = $"{Number(process)}/fd/";
        foreach (string name in NamesIn("/proc/" + folder))
        {
            if (Libc.ReadLink(Path(folder + name)) == wanted)
                return true;
        }
        return false;
    }

    private static string NameOf(int process)
    {
        ReadOnlySpan<byte> name = Read($"{Number(process)}/comm", stackalloc byte[64]).TrimEnd((byte)'\n');
        return name.IsEmpty ? "?" : PrintableText.Of(name);
    }

    private static ReadOnlySpan<byte> Read(string file, Span<byte> buffer)
    {
        int descriptor = Libc.Open(Path(file), Flags.O_RDONLY);
        nint count = descriptor < 0 ? 0 : Libc.Read(descriptor, buffer);
        Libc.Close(descriptor);
        return buffer[..(int)Math.Max(0, count)];
    }

    private static unsafe List<string> NamesIn(string folder)
    {
        var names = new List<string>();
        nint directory = Libc.OpenDirectory(Encoding.UTF8.GetBytes(folder + "\0"));
        for (byte* name = Libc.NextName(directory); name != null; name = Libc.NextName(directory))
            names.Add(Encoding.UTF8.GetString(name, Libc.LengthOf(name)));
        Libc.CloseDirectory(directory);
        return names;
    }

    private static byte[] Path(string relative) => Encoding.UTF8.GetBytes($"/proc/{relative}\0");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

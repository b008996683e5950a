using System.Globalization;
using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>The processes that keep a script's output open after the script itself has ended. proc_pid_fd(5).</summary>
/// <remarks>Looking for them reads all of /proc, so it is done only for a script that has left processes running.</remarks>
internal static class OutputHolders
{
    /// <summary>Looks through the processes that this user may look at.</summary>
    /// <param name="descriptor">Our end of the script's pipe, or our descriptor of the connection that it writes to.</param>
    internal static List<int> Of(int descriptor)
    {
        var holders = new List<int>();
        string? wanted = Libc.ReadLink(Path($"self/fd/{Number(descriptor)}"));
        if (wanted is null)
            return holders;
        foreach (string name in NamesIn("/proc"))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && process != Libc.ProcessId && Holds(process, wanted))
                holders.Add(process);
        }
        return holders;
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
            ReadOnlySpan<byte> report = Read(holder, "io", text);
            int start = report.IndexOf("wchar: "u8);
            if (start >= 0 && System.Buffers.Text.Utf8Parser.TryParse(report[(start + "wchar: "u8.Length)..], out long written, out _))
                sum += written;
        }
        return sum;
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
        ReadOnlySpan<byte> name = Read(process, "comm", stackalloc byte[64]).TrimEnd((byte)'\n');
        return name.IsEmpty ? "?" : PrintableText.Of(name);
    }

    private static ReadOnlySpan<byte> Read(int process, string file, Span<byte> buffer)
    {
        int descriptor = Libc.Open(Path($"{Number(process)}/{file}"), Flags.O_RDONLY);
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

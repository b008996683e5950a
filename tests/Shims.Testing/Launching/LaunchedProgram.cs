using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Shims.Testing;

/// <summary>A program that <see cref="Launcher"/> started: its output, its end, its memory.</summary>
public sealed class LaunchedProgram : IAsyncDisposable
{
    private readonly TaskCompletionSource<(int Status, long PeakMemory)> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();
    private readonly Task _collecting;

    internal LaunchedProgram(int pid, SafeFileHandle? output, SafeFileHandle? error)
    {
        ProcessId = pid;
        _collecting = Task.WhenAll(CollectAsync(output, _output), CollectAsync(error, _error));
        new Thread(Watch) { IsBackground = true, Name = $"watches process {pid}" }.Start();
    }

    public int ProcessId { get; }

    /// <summary>True until the program has ended.</summary>
    public bool IsRunning => !_ended.Task.IsCompleted;

    /// <summary>What the program has written to descriptor 2 so far.</summary>
    public string ErrorSoFar
    {
        get
        {
            lock (_error)
                return System.Text.Encoding.UTF8.GetString(_error.ToArray());
        }
    }

    /// <summary>Waits until this text is among what the program has written to descriptor 2: it may be read later than a response that came after it.</summary>
    public Task WaitForLogAsync(string text) => Patience.UntilAsync(() => ErrorSoFar.Contains(text, StringComparison.Ordinal), $"\"{text}\" in the log: {ErrorSoFar}");

    /// <summary>What the program has written to descriptor 1 so far.</summary>
    public string OutputSoFar
    {
        get
        {
            lock (_output)
                return System.Text.Encoding.UTF8.GetString(_output.ToArray());
        }
    }

    /// <summary>Largest resident set of the running program until now, in bytes; 0 if it has ended.</summary>
    public long PeakMemory => ReadSize(ProcessId, "status", "VmHWM:");

    /// <summary>Bytes of memory that the process keeps for itself: pages that it has written to, which the kernel cannot take back and read again. proc_pid_smaps(5).</summary>
    public long PrivateMemory => PrivateMemoryOf(ProcessId);

    /// <summary>Sends a signal to the program alone.</summary>
    public void Signal(int signal)
    {
        // Only while it is ours to signal: afterwards the number may belong to somebody else.
        if (IsRunning && Libc.kill(ProcessId, signal) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill {ProcessId}");
    }

    /// <summary>Waits for the end of the program, though others may still hold its output open.</summary>
    /// <exception cref="TimeoutException">It has not ended within the limit.</exception>
    public Task WaitForEndAsync(TimeSpan limit) => _ended.Task.WaitAsync(limit);

    /// <summary>Waits for the end of the program and of its output.</summary>
    /// <exception cref="TimeoutException">It has not ended within the limit (default: <see cref="Patience.Limit"/>). Disposing kills it.</exception>
    public async Task<LaunchResult> WaitAsync(TimeSpan? limit = null)
    {
        (int status, long peak) = await _ended.Task.WaitAsync(limit ?? Patience.Limit);
        // A grandchild may hold the pipe open for longer than anybody wants to wait.
        await await Task.WhenAny(_collecting, Task.Delay(TimeSpan.FromSeconds(5)));
        int signal = status & 0x7F;
        lock (_output)
            lock (_error)
                return new LaunchResult(signal == 0 ? (status >> 8) & 0xFF : -1, signal, _output.ToArray(), _error.ToArray(), peak);
    }

    /// <summary>Ends the program and whatever is left of its process group; if it was still running, of its session too.</summary>
    public async ValueTask DisposeAsync()
    {
        // The program leads a session and a group of its own, so the group's number is the program's. Its scripts lead groups of their
        // own, and nobody ends them once it is killed.
        int[] rest = IsRunning ? FindSession() : [];
        _ = Libc.kill(-ProcessId, Libc.Kill);
        foreach (int member in rest)
            _ = Libc.kill(member, Libc.Kill);
        await _ended.Task;
    }

    private int[] FindSession()
    {
        var members = new List<int>();
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int member))
                continue;
            try
            {
                // proc_pid_stat(5): the name, in parentheses, may hold anything; then state, parent, group, session.
                string stat = File.ReadAllText(folder + "/stat");
                if (stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] == ProcessId.ToString(CultureInfo.InvariantCulture))
                    members.Add(member);
            }
            catch (IOException) { } // It has ended between two looks.
        }
        return [.. members];
    }

    private static async Task CollectAsync(SafeFileHandle? handle, MemoryStream into)
    {
        if (handle is null)
            return;
        await using (var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0))
        {
            byte[] buffer = new byte[65536];
            while (true)
            {
                // A pipe cannot be read asynchronously without blocking a thread; a long-running task keeps the pool's free.
                int count = await Task.Factory.StartNew(() => stream.Read(buffer, 0, buffer.Length),
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (count == 0)
                    return;
                lock (into)
                    into.Write(buffer, 0, count);
            }
        }
    }

    private unsafe void Watch()
    {
        long peak = 0;
        int descriptor = Libc.pidfd_open(ProcessId, 0);
        if (descriptor >= 0)
        {
            // The kernel forgets the high-water mark when the process ends, so look at it now and then until that happens.
            var watched = new Libc.PollDescriptor { Descriptor = descriptor, Events = Libc.PollIn };
            for (int wait = 5; Libc.poll(&watched, 1, wait) <= 0; wait = Math.Min(2 * wait, 500))
                peak = Math.Max(peak, PeakMemory);
            _ = Libc.close(descriptor);
        }

        byte* usage = stackalloc byte[Libc.ResourceUsageSize];
        int status, result;
        do
            result = Libc.wait4(ProcessId, out status, 0, usage);
        while (result < 0 && Marshal.GetLastPInvokeError() == 4 /* EINTR */);
        _ended.SetResult((status, peak));
    }

    /// <summary>The same of any process.</summary>
    public static long PrivateMemoryOf(int process) => ReadSize(process, "smaps_rollup", "Private_Dirty:");

    /// <summary>A size from a file of proc(5).</summary>
    private static long ReadSize(int process, string file, string name)
    {
        try
        {
            foreach (string line in File.ReadLines($"/proc/{process}/{file}"))
                if (line.StartsWith(name, StringComparison.Ordinal))
                    return long.Parse(line[name.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException) { } // It has ended between two looks.
        return 0;
    }
}

using System.Globalization;
using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>One of our programs in wait mode, on a listening socket that the super-server has opened.</summary>
internal sealed class ListeningProgram : IAsyncDisposable
{
    private readonly RunModeUnderTest _way;
    private readonly string _address;
    private readonly TemporaryFolder? _folder;

    private ListeningProgram(RunModeUnderTest mode, string address, LaunchedProgram program, TemporaryFolder? folder) =>
        (_way, _address, Program, _folder) = (mode, address, program, folder);

    public LaunchedProgram Program { get; }

    /// <summary>Starts the program with the listening socket as descriptors 0 and 1, and as 2 if the invocation says so.</summary>
    public static ListeningProgram Start(Invocation invocation) => Start(invocation, (launch, listener) =>
        launch with { Input = listener.SafeHandle, Output = listener.SafeHandle, Error = invocation.ErrorIsConnection ? listener.SafeHandle : null });

    /// <summary>Starts the program with the listening socket wherever <paramref name="place"/> puts it.</summary>
    public static ListeningProgram Start(Invocation invocation, Func<Launch, Socket, Launch> place)
    {
        TemporaryFolder? folder = invocation.Tcp ? null : new TemporaryFolder();
        string address = folder is null ? "127.0.0.1:0" : Path.Combine(folder.Path, "s");
        using Socket listener = Address.Listen(address);
        if (folder is null)
        {
            address = listener.LocalEndPoint!.ToString()!;
        }
        else
        {
            // .NET removes the file of a unix socket when the Socket that made it is disposed, as ours is in a moment; but only by its first name.
            string lasting = folder.PathTo("socket");
            File.Move(address, lasting);
            address = lasting;
        }
        return new ListeningProgram(invocation.Mode, address, Invocation.Start(place(invocation.Launch, listener)), folder);
    }

    /// <summary>Opens a connection. The kernel takes it, whether or not the program is up yet.</summary>
    public async Task<Conversation> ConnectAsync() => new(_way, await Connection.OpenAsync(_address), null);

    /// <summary>One request on a connection of its own.</summary>
    public async Task<Response> AskAsync(RequestVariables variables, ReadOnlyMemory<byte> body = default)
    {
        await using Conversation conversation = await ConnectAsync();
        try
        {
            return await conversation.ExchangeAsync(variables, body);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"no end of the response: {Describe()}", late);
        }
    }

    /// <summary>What it is doing, for the message of a test that waits in vain.</summary>
    private string Describe()
    {
        string process = $"/proc/{Program.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        if (!Directory.Exists(process))
            return $"the program has ended; its log: {Program.ErrorSoFar}";
        string state = File.ReadLines(process + "/status").First(line => line.StartsWith("State:", StringComparison.Ordinal));
        return $"{state}; scripts: {string.Join(' ', Scripts)}; descriptors: {string.Join(' ', OpenFiles())}; its log: {Program.ErrorSoFar}";
    }

    /// <summary>The process ids of its scripts: those that run, and those that have ended and have not been collected. proc_pid_task(5).</summary>
    public int[] Scripts =>
    [
        .. Directory.GetDirectories($"/proc/{Program.ProcessId.ToString(CultureInfo.InvariantCulture)}/task")
            .SelectMany(task => File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    /// <summary>How many sockets are open, by however many descriptors: the one that listens, and connections.</summary>
    public int Sockets => OpenFiles().Select(file => file.Name).Where(name => name.StartsWith("socket:", StringComparison.Ordinal)).Distinct().Count();

    /// <summary>Waits until so many sockets are open.</summary>
    public async Task WaitForSocketsAsync(int count)
    {
        for (long start = Environment.TickCount64; Sockets != count;)
        {
            Assert.True(Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds, $"{count} sockets expected: {string.Join(' ', OpenFiles())}");
            await Task.Delay(2);
        }
    }

    /// <summary>The open descriptors, each with the name of what it leads to.</summary>
    public IEnumerable<(int Descriptor, string Name)> OpenFiles()
    {
        foreach (string entry in Directory.GetFileSystemEntries($"/proc/{Program.ProcessId.ToString(CultureInfo.InvariantCulture)}/fd"))
        {
            string? name;
            try
            {
                name = File.ResolveLinkTarget(entry, returnFinalTarget: false)?.Name;
            }
            catch (IOException)
            {
                continue; // it has been closed meanwhile
            }
            if (name is not null)
                yield return (int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture), name);
        }
    }

    /// <summary>Whether it looks for connections: whether the listening socket is among what it waits for. proc_pid_fdinfo(5).</summary>
    public bool IsAccepting
    {
        get
        {
            string process = $"/proc/{Program.ProcessId.ToString(CultureInfo.InvariantCulture)}";
            // The socket of the super-server: unix(7) has no other that listens in here.
            string[] listening = [.. File.ReadLines("/proc/net/unix").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(row => row[3] == "00010000").Select(row => $"socket:[{row[6]}]")];
            int[] sockets = [.. OpenFiles().Where(file => listening.Contains(file.Name)).Select(file => file.Descriptor)];
            return Directory.GetFiles(process + "/fdinfo").SelectMany(LinesOf)
                .Any(line => line.StartsWith("tfd:", StringComparison.Ordinal) && sockets.Contains(int.Parse(line["tfd:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>The lines of a file of /proc; none if its descriptor has been closed meanwhile.</summary>
    private static string[] LinesOf(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Waits until a line with this text is in the log.</summary>
    public Task WaitForLogAsync(string text) => Program.WaitForLogAsync(text);

    /// <summary>The descriptors that are open once no script is left, neither running nor unburied.</summary>
    public async Task<int> SettledAsync()
    {
        await Patience.UntilAsync(() => Scripts.Length == 0, "the last script to be reaped");
        // The last connection may be a moment behind its answer: wait for two equal counts, with a look at the clock between them.
        int last = -1;
        await Patience.UntilAsync(() =>
        {
            int now = CountDescriptors();
            bool same = now == last;
            last = now;
            return same;
        }, "the number of descriptors to stop changing");
        return last;
    }

    /// <summary>Waits until no script is left and no more descriptors are open than that. On a busy machine the last one may be closed late.</summary>
    public async Task ComesDownToAsync(int descriptors)
    {
        await Patience.UntilAsync(() => Scripts.Length == 0, "the last script to be reaped");
        await Patience.UntilAsync(() => CountDescriptors() <= descriptors, $"the descriptors to come down to {descriptors}, from {CountDescriptors()}");
    }

    private int CountDescriptors() => Directory.GetFileSystemEntries($"/proc/{Program.ProcessId.ToString(CultureInfo.InvariantCulture)}/fd").Length;

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        _folder?.Dispose();
    }
}

namespace Shims.Testing;

/// <summary>A real server in the foreground: started, waited for, and ended with everything that it started.</summary>
public abstract class Server : IAsyncDisposable
{
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(20);
    private const int Terminate = 15;
    private const int Kill = 9;

    private readonly string _name;
    private readonly LaunchedProgram _program;

    /// <summary>Starts the server. <see cref="WaitUntilListeningAsync"/> says when it is there.</summary>
    protected Server(string program, params IReadOnlyList<string> arguments)
    {
        _name = System.IO.Path.GetFileName(program);
        _program = Launcher.Start(new Launch
        {
            Program = program,
            Arguments = arguments,
            // Without what the developer's shell holds; with what the machine's language and folders are.
            Environment = [.. new[] { "PATH", "LANG", "TMPDIR", "TZ", "HOME" }
                .Select(name => (name, value: System.Environment.GetEnvironmentVariable(name)))
                .Where(pair => pair.value is not null)
                .Select(pair => System.Text.Encoding.UTF8.GetBytes($"{pair.name}={pair.value}"))],
        });
    }

    /// <summary>The process of the server itself.</summary>
    public int ProcessId => _program.ProcessId;

    /// <summary>Everything that the server has printed. Logs that it writes elsewhere are its class's business.</summary>
    public virtual string Log => _program.OutputSoFar + _program.ErrorSoFar + Behind?.Log;

    /// <summary>A server behind this one that nobody else knows of, and that ends with it.</summary>
    public Server? Behind { get; set; }

    /// <summary>Processes that the server has started and that are still there: gateways, scripts, workers.</summary>
    public IReadOnlyList<int> Descendants => ProcessTree.Of(ProcessId);

    /// <summary>Waits until the server listens at every address.</summary>
    /// <exception cref="InvalidOperationException">It has ended instead; the message holds its log.</exception>
    /// <exception cref="TimeoutException">It does not; the message holds its log.</exception>
    protected async Task WaitUntilListeningAsync(params IEnumerable<string> addresses)
    {
        long start = Environment.TickCount64;
        foreach (string address in addresses)
        {
            while (!Listening.IsAt(address))
            {
                if (!_program.IsRunning)
                    throw new InvalidOperationException($"{_name} has ended:\n{Log}");
                if (Environment.TickCount64 - start > Patience.Limit.TotalMilliseconds)
                    throw new TimeoutException($"{_name} does not listen at {address}:\n{Log}");
                await Task.Delay(5);
            }
        }
    }

    /// <summary>The server itself, once it listens; it is ended if it does not.</summary>
    protected static async Task<TServer> StartedAsync<TServer>(TServer server, params IEnumerable<string> addresses) where TServer : Server
    {
        try
        {
            await server.WaitUntilListeningAsync(addresses);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the server is not there any more.</summary>
    public bool HasEnded => !_program.IsRunning;

    /// <summary>Waits for the end of the server itself.</summary>
    public Task<LaunchResult> WaitForEndAsync() => _program.WaitAsync();

    /// <summary>Sends the server a signal.</summary>
    public void Signal(int signal) => _program.Signal(signal);

    /// <summary>Asks the server to end, insists if it does not, and ends what it has left behind.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        IReadOnlyList<int> descendants = Descendants;
        _program.Signal(Terminate);
        try
        {
            await _program.WaitForEndAsync(s_endLimit);
        }
        catch (TimeoutException)
        {
            _program.Signal(Kill);
        }
        // Once more, for what it has started meanwhile. Both lists: when a parent is gone, nothing tells whose child it was.
        foreach (int id in descendants.Union(Descendants))
            ProcessTree.Kill(id);
        await _program.DisposeAsync();
        if (Behind is not null)
            await Behind.DisposeAsync();
    }
}

using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>Starts a program on a listening socket, and the next one when it has ended, as inetd does in wait mode.</summary>
internal sealed class SuperServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Task _running;
    private readonly Launch _launch;
    private readonly ConcurrentQueue<LaunchResult> _ends = new();
    private volatile bool _isOver;
    private volatile LaunchedProgram _program;
    private volatile int _starts;

    /// <param name="launch">The program; the socket becomes its descriptors 0 and 1.</param>
    /// <param name="address">Where it listens.</param>
    public SuperServer(Launch launch, string address)
    {
        Address = address;
        _listener = Testing.Address.Listen(address);
        _launch = launch with { Input = _listener.SafeHandle, Output = _listener.SafeHandle };
        _program = Invocation.Start(_launch);
        _starts = 1;
        _running = RunAsync();
    }

    public string Address { get; }

    /// <summary>The one that runs now, or has just ended.</summary>
    public LaunchedProgram Program => _program;

    /// <summary>How many have been started.</summary>
    public int Starts => _starts;

    /// <summary>How those that have ended did.</summary>
    public IReadOnlyCollection<LaunchResult> Ends => _ends;

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        // The next one may be about to be started.
        while (!_running.IsCompleted)
        {
            await _program.DisposeAsync();
            await Task.WhenAny(_running, Task.Delay(1));
        }
        _listener.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            LaunchResult end = await _program.WaitAsync(TimeSpan.FromHours(1));
            await _program.DisposeAsync();
            if (_isOver)
                return;
            _ends.Enqueue(end);
            _program = Invocation.Start(_launch);
            _starts++; // last: who sees the number may signal that program
        }
    }
}

using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Shims.AspNetTests;

/// <summary>What inetd does for a nowait service: a process for each connection.</summary>
internal sealed class NowaitServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Launch _launch;
    private readonly ConcurrentQueue<LaunchedProgram> _started = new();
    private readonly Task _serving;
    private volatile bool _isOver;

    /// <param name="launch">What it starts.</param>
    /// <param name="address">Where it listens.</param>
    internal NowaitServer(Launch launch, string address)
    {
        _listener = App.Listen(address);
        _launch = launch;
        _serving = Task.Run(Serve);
    }

    /// <summary>What the last processes have logged.</summary>
    internal string Log => string.Concat(_started.TakeLast(2).Select(static program => program.ErrorSoFar));

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        await _serving;
        _listener.Dispose();
        foreach (LaunchedProgram program in _started)
            await program.DisposeAsync();
    }

    private void Serve()
    {
        while (!_isOver)
        {
            if (!_listener.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
                continue;
            using Socket connection = _listener.Accept();
            _started.Enqueue(Launcher.Start(_launch with { Input = connection.SafeHandle, Output = connection.SafeHandle }));
        }
    }
}

using System.Net.Sockets;

namespace Shims.AspNetTests;

/// <summary>What inetd does for a wait service: a process for as long as something comes on the socket. It counts nothing and gives nothing up.</summary>
internal sealed class SuperServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Launch _launch;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;

    /// <param name="launch">What it starts.</param>
    /// <param name="address">Where it listens.</param>
    internal SuperServer(Launch launch, string address)
    {
        _listener = App.Listen(address);
        _launch = launch with { Input = _listener.SafeHandle, Output = _listener.SafeHandle };
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Processes that have ended by themselves.</summary>
    internal int Ends { get; private set; }

    /// <summary>What went wrong in one of them; null if nothing has.</summary>
    internal string? Failure { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _serving;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            if (!_listener.Poll(TimeSpan.FromMilliseconds(5), SelectMode.SelectRead))
                continue;
            await using LaunchedProgram program = Launcher.Start(_launch);
            while (program.IsRunning && !_over.IsCancellationRequested)
                await Task.Delay(2, CancellationToken.None);
            if (program.IsRunning)
                return;
            LaunchResult result = await program.WaitAsync();
            if (result.ExitCode != 0)
                Failure ??= $"exit status {result.ExitCode}, signal {result.Signal}: {System.Text.Encoding.UTF8.GetString(result.Error)}";
            Ends++;
        }
    }
}

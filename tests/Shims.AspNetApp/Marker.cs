namespace Shims.AspNetApp;

/// <summary>Writes down each event in the life of the host, if a test has named a file for that.</summary>
internal sealed class Marker : IHostedService
{
    private static readonly Lock s_lock = new();

    public Marker(IHostApplicationLifetime lifetime)
    {
        lifetime.ApplicationStarted.Register(static () => Write("started"));
        lifetime.ApplicationStopping.Register(static () => Write("stopping"));
        lifetime.ApplicationStopped.Register(static () => Write("stopped"));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Write("service starts");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Write("service stops");
        return Task.CompletedTask;
    }

    internal static void Write(string line)
    {
        if (Environment.GetEnvironmentVariable("TEST_MARKS") is not { } file)
            return;
        lock (s_lock)
            File.AppendAllText(file, line + "\n");
    }
}

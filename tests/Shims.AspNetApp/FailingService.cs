namespace Shims.AspNetApp;

/// <summary>A hosted service that cannot start.</summary>
internal sealed class FailingService : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("the service fails on purpose");

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

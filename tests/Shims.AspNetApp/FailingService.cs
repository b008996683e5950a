namespace Shims.AspNetApp;

/// <summary>A hosted service that cannot start, or that finds so when the server has been started.</summary>
internal sealed class FailingService(bool isLast) : IHostedLifecycleService
{
    public Task StartAsync(CancellationToken cancellationToken) => isLast ? Task.CompletedTask : Fail();

    public Task StartedAsync(CancellationToken cancellationToken) => Fail();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task Fail() => throw new InvalidOperationException("the service fails on purpose");
}

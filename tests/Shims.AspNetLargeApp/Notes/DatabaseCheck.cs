using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Shims.AspNetLargeApp.Notes;

/// <summary>The app is healthy as long as its database is there.</summary>
internal sealed class DatabaseCheck(NotesDatabase notes) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await notes.Database.CanConnectAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
}

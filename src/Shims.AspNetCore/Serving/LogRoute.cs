using Shims.AspNetCore.Starting;
using Shims.Diagnostics;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.AspNetCore.Serving;

/// <summary>Where the log goes, and how its lines look: <c>SHIMS_STDERR</c> and <c>SHIMS_LOG_FORMAT</c>.</summary>
internal static class LogRoute
{
    /// <summary>Leads descriptors 1 and 2 there, before the app prints anything.</summary>
    internal static void Apply()
    {
        Log.Program = AppFiles.Name;
        // Few administrators say anything, and to read all of their variables takes time at each start.
        if (Environment.GetEnvironmentVariable("SHIMS_STDERR") is null && Environment.GetEnvironmentVariable("SHIMS_LOG_FORMAT") is null)
            return;
        try
        {
            ErrorOutput.Route(GatewayOptionsMaker.Make(ShimConfiguration.ReadEnvironment(TimeSpan.Zero), TimeSpan.Zero));
        }
        catch (InvalidOperationException)
        {
            // UseShim() reads the variables too, and says what is wrong with them.
            return;
        }
        Libc.Duplicate(2, 1);
    }
}

namespace Shims.AspNetApp;

/// <summary>What concerns the process.</summary>
internal static class LifePaths
{
    internal static void Map(WebApplication app)
    {
        app.MapGet("/pid", () => $"{Environment.ProcessId}\n");
        app.MapGet("/root", (IWebHostEnvironment environment) => $"{environment.ContentRootPath}\n");
        app.MapGet("/stop", async (HttpContext context, IHostApplicationLifetime lifetime) =>
        {
            lifetime.StopApplication();
            await context.Response.WriteAsync("stopping");
        });
        app.MapGet("/print", async context =>
        {
            Console.WriteLine("printed by Console.WriteLine");
            await Console.Error.WriteLineAsync("printed by Console.Error");
            await using (Stream raw = Console.OpenStandardOutput())
                await raw.WriteAsync("printed raw\n"u8.ToArray());
            using (var child = System.Diagnostics.Process.Start("/bin/echo", "printed by a child"))
                await child.WaitForExitAsync();
            await context.Response.WriteAsync("nothing was printed");
        });
        app.MapGet("/wait", async context =>
        {
            Marker.Write("waiting");
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => Marker.Write("aborted"), TaskScheduler.Default);
            await context.Response.WriteAsync("written to nobody");
            Marker.Write("wrote");
        });
        app.MapGet("/hold/{gate}", async (HttpContext context, string gate) =>
        {
            Marker.Write("held");
            while (!File.Exists(Path.Combine(Path.GetTempPath(), gate)))
                await Task.Delay(5);
            await context.Response.WriteAsync("held");
        });
        app.MapGet("/complete/{gate}", async (HttpContext context, string gate) =>
        {
            context.Response.OnCompleted(static () =>
            {
                Marker.Write("completed callback");
                return Task.CompletedTask;
            });
            await context.Response.WriteAsync("all of it");
            await context.Response.CompleteAsync();
            while (!File.Exists(Path.Combine(Path.GetTempPath(), gate)))
                await Task.Delay(5);
            Marker.Write("went on");
        });
    }
}

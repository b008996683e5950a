using Shims.AspNetCore.Serving;
using Shims.AspNetCore.Starting;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.AspNetCore.Hosting;

/// <summary>An app whose start has failed: the clients that wait get 503, and the log the cause.</summary>
internal static class FailedStart
{
    /// <summary>
    /// For as long nothing may come on a listening socket until the process ends. Each start costs, and super-servers give up a service that ends all the time.
    /// </summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(3);

    private static readonly byte[] s_page = PageResponder.Format("text/plain; charset=utf-8", "503 Service Unavailable\n\nThe app cannot start. The server's log has the cause.\n"u8);

    /// <summary>Serves, and ends the process.</summary>
    internal static void Serve(Handover handover, Exception? exception)
    {
        if (exception is not null)
            Log.WriteScriptLines(null, System.Text.Encoding.UTF8.GetBytes(exception.ToString()));
        Fault fault = exception is null
            ? new Fault(503, "the app ended before it served", "see what it printed before; or app.Run() is not called")
            : new Fault(503, $"the app cannot start: {exception.GetType()}: {exception.Message.ReplaceLineEndings(" ")}", "see its stack in the lines before");
        fault = fault with { ExitCode = ExitCode.SystemError };
        StandInServing.Serve(handover, s_page, fault, s_rest, static () => false);
        Libc.EndProcess((int)ExitCode.SystemError);
    }
}

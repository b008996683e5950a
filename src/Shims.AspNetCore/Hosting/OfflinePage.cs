using Shims.AspNetCore.Serving;
using Shims.AspNetCore.Starting;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.AspNetCore.Hosting;

/// <summary>app_offline.htm beside the app: as long as it is there, it is the answer to each request, and the app is not started.</summary>
internal static class OfflinePage
{
    /// <summary>Serves it, and ends the process; or returns at once.</summary>
    internal static void ServeIfThere(Handover handover)
    {
        string file = Path.Combine(AppFiles.Folder, AppFiles.Offline);
        if (!File.Exists(file))
            return;
        byte[] page = PageResponder.Format("text/html", File.ReadAllBytes(file));
        var fault = new Fault(503, "the app is offline", $"remove {AppFiles.Offline}") { IsOrdinary = true };
        StandInServing.Serve(handover, page, fault, TimeSpan.FromMinutes(1), () => !File.Exists(file));
        Libc.EndProcess((int)ExitCode.Served);
    }
}

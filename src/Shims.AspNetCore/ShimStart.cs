using System.ComponentModel;
using System.Reflection;
using Shims.AspNetCore.Hosting;
using Shims.AspNetCore.Serving;
using Shims.AspNetCore.Starting;
using Shims.Posix;

namespace Shims.AspNetCore;

/// <summary>The start of an app, before its first statement. The package puts a call of it into each app; nothing else calls it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ShimStart
{
    private static Handover? s_handover;
    private static int s_hasServed;

    /// <summary>What has been handed over.</summary>
    internal static Handover Handover => s_handover ?? TakeLate();

    /// <summary>Takes what has been handed over, so that the client sees nothing that is printed, and settles where the app's files are.</summary>
    /// <param name="app">The assembly that has the call. Nothing happens if another one is the program, such as a test runner.</param>
    public static void Begin(Assembly app)
    {
        // In native code there is but one module.
        if (s_handover is null && (!AppFiles.IsManaged || app == Assembly.GetEntryAssembly()))
            Begin();
    }

    /// <summary>The app begins to serve.</summary>
    /// <returns>False if it has been told to end, or its start has failed.</returns>
    internal static bool TryServe() => Interlocked.Exchange(ref s_hasServed, 1) == 0;

    /// <summary>The app has been told to end before it has served: what waits in a listening socket is for the next process.</summary>
    internal static void Leave()
    {
        if (Handover.Kind == StartedAs.Listener)
            TryServe();
    }

    private static Handover TakeLate()
    {
        Begin();
        return s_handover!;
    }

    private static void Begin()
    {
        s_handover = Handover.Take();
        if (s_handover.Kind == StartedAs.Never)
            GenericTypes.Tell();
        if (s_handover.Kind == StartedAs.Ordinary)
            return;
        // A signal to all processes of this name, to open their logs anew, must not cost the request of this one.
        if (s_handover.Kind != StartedAs.Listener)
            Libc.Ignore(Flags.SIGHUP);
        LogRoute.Apply();
        SurroundingSettings.Apply(s_handover.Kind);
        OfflinePage.ServeIfThere(s_handover);
        AppDomain.CurrentDomain.UnhandledException += static (_, failure) => Fail(failure.ExceptionObject as Exception);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Fail(null);
    }

    private static void Fail(Exception? exception)
    {
        if (TryServe())
            FailedStart.Serve(Handover, exception);
    }
}

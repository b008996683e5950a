using System.Text;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary><c>--stderr</c>: leads descriptor 2 to where the command line says, at the start and once more after SIGHUP.</summary>
internal static class ErrorOutput
{
    /// <summary>Leads descriptor 2 there. A request is not lost for want of a log.</summary>
    internal static void Route(GatewayOptions options)
    {
        Log.Format = options.LogFormat;
        if (TryRoute(options))
            return;
        string cure = LogPlace.CureFor(options.StandardError, Libc.Errno);
        StandardError.Secure("shims"u8);
        Log.WriteLine($"cannot write to the log --stderr {options.StandardError}: {cure}");
    }

    /// <summary>
    /// Opens the log anew: it has been renamed, or the daemon that reads it has been started anew. One that was inherited stays.
    /// </summary>
    internal static void Reopen(GatewayOptions options)
    {
        int reason = 0;
        if (!Log.Reopen(TryAgain))
            Log.WriteLine(LogPlace.CannotReopen(options.StandardError ?? LogPlace.Syslog, reason));

        bool TryAgain()
        {
            bool isOpen = options.StandardError is null or LogPlace.Inherited
                ? !StandardError.IsSyslog || StandardError.ToSyslog()
                : TryRoute(options);
            reason = Libc.Errno;
            return isOpen;
        }
    }

    private static bool TryRoute(GatewayOptions options)
    {
        ReadOnlySpan<byte> program = Encoding.ASCII.GetBytes(options.Program);
        switch (options.StandardError)
        {
            case null or LogPlace.Inherited:
                StandardError.Secure(program);
                return true;
            case LogPlace.Nowhere:
                StandardError.ToNull();
                return true;
            case LogPlace.Journal:
                return StandardError.ToJournal(program);
            case LogPlace.Syslog:
                return StandardError.ToSyslog();
            case string file:
                return StandardError.ToFile(Encoding.UTF8.GetBytes(file + "\0"));
        }
    }
}

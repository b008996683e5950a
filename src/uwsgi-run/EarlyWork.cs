using Shims.Early;

namespace Shims.Programs;

/// <summary>The first work of this program: it sees to it that its words reach a log, and says what the runtime could not. The rest is done in the ordinary way, as all bytes go through it.</summary>
internal static unsafe class EarlyWork
{
    internal static void Run(int argumentCount, byte** arguments)
    {
        EarlyCommandLine.SecureStandardError("uwsgi-run"u8, argumentCount, arguments);
        EarlyLimits.Require("uwsgi-run"u8);
    }
}

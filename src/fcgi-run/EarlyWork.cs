using Shims.Early;

namespace Shims.Programs;

/// <summary>The first work of this program: it starts the script, which then runs while the runtime starts.</summary>
internal static unsafe class EarlyWork
{
    private static EarlyOutcome s_outcome;

    /// <summary>The result.</summary>
    internal static ref readonly EarlyOutcome Outcome => ref s_outcome;

    internal static void Run(int argumentCount, byte** arguments) => EarlyScript.RunEarly(argumentCount, arguments, ref s_outcome);
}

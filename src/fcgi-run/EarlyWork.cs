using Shims.Early;

namespace Shims.Programs;

/// <summary>What this program does before anything else: it starts the script, so that it runs while the runtime starts.</summary>
internal static unsafe class EarlyWork
{
    private static EarlyOutcome s_outcome;

    /// <summary>What came of it.</summary>
    internal static ref readonly EarlyOutcome Outcome => ref s_outcome;

    internal static void Run(int argumentCount, byte** arguments) => EarlyScript.RunEarly(argumentCount, arguments, ref s_outcome);
}

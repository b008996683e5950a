using Shims.Early;

namespace Shims.Programs;

/// <summary>What this program does before anything else: it becomes the script.</summary>
internal static unsafe class EarlyWork
{
    private static EarlyOutcome s_outcome;

    /// <summary>What came of it.</summary>
    internal static ref readonly EarlyOutcome Outcome => ref s_outcome;

    internal static void Run(int argumentCount, byte** arguments) => ScgiExec.RunEarly(argumentCount, arguments, ref s_outcome);
}

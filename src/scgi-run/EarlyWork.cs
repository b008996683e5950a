using Shims.Early;

namespace Shims.Programs;

/// <summary>The first work of this program: it becomes the script.</summary>
internal static unsafe class EarlyWork
{
    private static EarlyOutcome s_outcome;

    /// <summary>The result.</summary>
    internal static ref readonly EarlyOutcome Outcome => ref s_outcome;

    internal static void Run(int argumentCount, byte** arguments) => ScgiExec.RunEarly(argumentCount, arguments, ref s_outcome);
}

using Shims.Gateway;

namespace Shims.Programs;

/// <summary>What this program does before anything else: it starts the script, so that it runs while the runtime starts.</summary>
internal static unsafe class EarlyWork
{
    internal static void Run(int argumentCount, byte** arguments) => EarlyScript.RunEarly(argumentCount, arguments);
}

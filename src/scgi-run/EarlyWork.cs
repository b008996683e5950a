using Shims.Gateway;

namespace Shims.Programs;

/// <summary>What this program does before anything else: it becomes the script.</summary>
internal static unsafe class EarlyWork
{
    internal static void Run(int argumentCount, byte** arguments) => ExecPath.RunEarly(argumentCount, arguments);
}

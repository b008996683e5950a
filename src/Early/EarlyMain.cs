using System.Runtime;
using System.Runtime.InteropServices;

namespace Shims.Programs;

/// <summary>The program's real entry point: what runs before the .NET runtime does. <see cref="Early.ScgiExec"/> tells how and why.</summary>
internal static unsafe partial class EarlyMain
{
    /// <summary>Called by the C library in the place of main.</summary>
    /// <remarks>No stackalloc here: the stack cookie would be compared with one that the runtime has changed meanwhile.</remarks>
    [RuntimeExport("__wrap_main")]
    private static int Begin(int argumentCount, byte** arguments)
    {
        EarlyWork.Run(argumentCount, arguments);
        return __real_main(argumentCount, arguments);
    }

    [LibraryImport("*"), SuppressGCTransition]
    private static partial int __real_main(int argumentCount, byte** arguments);
}

using System.Runtime;
using System.Runtime.InteropServices;
using Shims.Posix;

namespace Shims.Programs;

/// <summary>The program's real entry point: what runs before the C library and the .NET runtime do. <see cref="Early.ScgiExec"/> tells how and why.</summary>
internal static unsafe partial class EarlyStart
{
    /// <summary>Called by the entry code, _start, in the place of the C library's own beginning, and with its arguments.</summary>
    /// <remarks>No stackalloc here: the stack cookie would be compared with one that the runtime has changed meanwhile.</remarks>
    [RuntimeExport("__wrap___libc_start_main")]
    private static int Begin(void* main, int argumentCount, byte** arguments, void* initialize, void* finish, void* finishLoader, void* stackEnd)
    {
        BareProcess.Enter(argumentCount, arguments);
        EarlyWork.Run(argumentCount, arguments);
        BareProcess.Leave();
        return __real___libc_start_main(main, argumentCount, arguments, initialize, finish, finishLoader, stackEnd);
    }

    [LibraryImport("*"), SuppressGCTransition]
    private static partial int __real___libc_start_main(void* main, int argumentCount, byte** arguments, void* initialize, void* finish, void* finishLoader, void* stackEnd);
}

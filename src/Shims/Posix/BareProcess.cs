namespace Shims.Posix;

/// <summary>A process as the kernel has just made it: no C library yet, no thread-local storage, no memory to allocate from.</summary>
/// <remarks>
/// There are system calls (<see cref="Kernel"/>), the stack, and on it the arguments and the environment. A call that fails wants to leave its reason in
/// errno, which is thread-local; so the thread gets a block of its own for that until the C library gives it the real one.
/// <code>
///   lower addresses                     the thread pointer (fs)
///   ... thread-local variables, errno |  its own address, then what the library keeps about a thread ...
/// </code>
/// x86-64 only: on arm64 the thread pointer cannot be set by a system call.
/// </remarks>
internal static unsafe class BareProcess
{
    private const int ThreadLocals = 2048, ThreadControl = 1024;

    private static ThreadBlock s_thread;
    private static byte** s_environment;
    private static bool s_isBare;

    /// <summary>True if the C library has still to be set up.</summary>
    internal static bool IsBare => s_isBare;

    /// <summary>The environment as it lies on the stack; null in a process that was not entered here.</summary>
    internal static byte** Environment => s_environment;

    /// <summary>Makes system calls possible.</summary>
    /// <param name="argumentCount">argc.</param>
    /// <param name="arguments">argv; the kernel puts the environment after it.</param>
    internal static void Enter(int argumentCount, byte** arguments)
    {
        const nint setThreadPointer = 0x1002;
        fixed (ThreadBlock* start = &s_thread)
        {
            byte* control = (byte*)start + ThreadLocals;
            *(byte**)control = control;
            Kernel.Call(SystemCall.ArchitecturePrivate, setThreadPointer, (nint)control);
        }
        s_environment = arguments + argumentCount + 1;
        s_isBare = true;
    }

    /// <summary>The C library is about to be set up. It sets the thread pointer itself.</summary>
    internal static void Leave() => s_isBare = false;

    private struct ThreadBlock
    {
        internal fixed byte Bytes[ThreadLocals + ThreadControl];
    }
}

namespace Shims.Posix;

// Children that this process has not started: those of process 1, to which the system gives every process whose parent has ended.
internal static unsafe partial class Libc
{
    private const int AnyChild = 0, OneChild = 1;

    /// <summary>True if there is a child that has ended and has not been collected.</summary>
    internal static bool HasEndedChild() => EndedChild(AnyChild, 0) > 0;

    /// <summary>The children of the main thread that have ended and have not been collected, if this is process 1. An orphan becomes a child of that thread; what another thread has started is its own child.</summary>
    /// <returns>None where the kernel or the container has no such list: proc_tid_children(5).</returns>
    internal static List<int> EndedChildrenOfProcess1()
    {
        var ended = new List<int>();
        int list = Open("/proc/self/task/1/children\0"u8, Flags.O_RDONLY);
        if (list < 0)
            return ended;
        Span<byte> part = stackalloc byte[1024];
        int process = 0;
        for (nint count = Read(list, part); count > 0; count = Read(list, part))
        {
            // Each number ends with a space.
            foreach (byte letter in part[..(int)count])
            {
                if (letter is >= (byte)'0' and <= (byte)'9')
                {
                    process = process * 10 + letter - '0';
                    continue;
                }
                if (process > 0 && EndedChild(OneChild, process) == process)
                    ended.Add(process);
                process = 0;
            }
        }
        Close(list);
        return ended;
    }

    /// <summary>A child that has ended, which stays there to be collected; 0 if there is none. waitid(2), WNOWAIT.</summary>
    private static int EndedChild(int kind, int process)
    {
        const int noHang = 1, exited = 4, leave = 0x1000000;
        // siginfo_t: signal, errno, code; at 16 process, user, status.
        int* information = stackalloc int[32];
        for (int i = 0; i < 32; i++)
            information[i] = 0;
        return Kernel.Call(SystemCall.WaitForState, kind, process, (nint)information, exited | noHang | leave) == 0 ? information[4] : 0;
    }
}

using System.Runtime.InteropServices;

namespace Shims.Posix;

// Waiting. The only calls here that take time; epoll_wait and futex let the garbage collector run meanwhile.
internal static unsafe partial class Libc
{
    private const uint EdgeTriggered = 1u << 31;

    private const int Add = 1;

    /// <summary>Waits until a descriptor can be read or has ended. poll(2).</summary>
    /// <param name="milliseconds">The longest time; -1 for ever.</param>
    /// <returns>False if the time ran out.</returns>
    internal static bool WaitReadable(int descriptor, int milliseconds)
    {
        const long pollIn = 1;
        // struct pollfd: int fd, short events, short revents; little-endian on every platform .NET has.
        long entry = (uint)descriptor | pollIn << 32;
        long* time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000 };
        nint ready;
        do
            ready = Kernel.Call(SystemCall.PollWithMask, (nint)(&entry), 1, milliseconds < 0 ? 0 : (nint)time);
        while (ready < 0 && Errno == Posix.Errno.EINTR);
        return ready != 0;
    }

    /// <summary>Waits until one of several descriptors can be read or has ended. poll(2).</summary>
    /// <param name="descriptors">A few.</param>
    /// <param name="milliseconds">The longest time; -1 for ever.</param>
    /// <returns>The first of them; -1 if the time ran out.</returns>
    internal static int WaitReadable(ReadOnlySpan<int> descriptors, int milliseconds)
    {
        const long pollIn = 1;
        var entries = new long[descriptors.Length];
        for (int i = 0; i < entries.Length; i++)
            entries[i] = (uint)descriptors[i] | pollIn << 32;
        long* time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000 };
        nint ready;
        fixed (long* start = entries)
        {
            do
                ready = Kernel.Call(SystemCall.PollWithMask, (nint)start, entries.Length, milliseconds < 0 ? 0 : (nint)time);
            while (ready < 0 && Errno == Posix.Errno.EINTR);
        }
        return ready <= 0 ? -1 : descriptors[Array.FindIndex(entries, static entry => entry >> 48 != 0)];
    }

    /// <summary>Waits until a descriptor takes more. poll(2).</summary>
    /// <returns>False if the time ran out.</returns>
    internal static bool WaitWritable(int descriptor, int milliseconds)
    {
        const long pollOut = 4;
        long entry = (uint)descriptor | pollOut << 32;
        long* time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000 };
        return Kernel.Call(SystemCall.PollWithMask, (nint)(&entry), 1, (nint)time) > 0;
    }

    /// <summary>True if no process has the other end of a pipe any more. What it holds can still be read. poll(2), POLLHUP.</summary>
    internal static bool HasHungUp(int pipe)
    {
        const long hungUp = 0x10;
        const int revents = 48;
        long entry = (uint)pipe;
        long* time = stackalloc long[2] { 0, 0 };
        return Kernel.Call(SystemCall.PollWithMask, (nint)(&entry), 1, (nint)time) > 0 && (entry >>> revents & hungUp) != 0;
    }

    internal static int CreateEpoll() => epoll_create1(Flags.O_CLOEXEC);

    /// <summary>Starts watching a descriptor, edge-triggered: for reading, writing, and the peer's end.</summary>
    /// <returns>False for what cannot be watched because it is always ready: a regular file.</returns>
    internal static bool Watch(int epoll, int descriptor, Readiness interest, ulong token) =>
        Control(epoll, Add, descriptor, (uint)interest | EdgeTriggered, token);

    /// <summary>Starts watching a listening socket that others wait for too: of those that do, the kernel wakes one. EPOLLEXCLUSIVE, level-triggered.</summary>
    internal static void WatchShared(int epoll, int descriptor, ulong token)
    {
        const uint exclusive = 1u << 28;
        Control(epoll, Add, descriptor, (uint)Readiness.Read | exclusive, token);
    }

    /// <summary>Watches for something else. What can be done already is told anew.</summary>
    internal static bool Rewatch(int epoll, int descriptor, Readiness interest, ulong token)
    {
        const int modify = 3;
        return Control(epoll, modify, descriptor, (uint)interest | EdgeTriggered, token);
    }

    /// <summary>Stops watching. Needed only for a descriptor that stays open somewhere else.</summary>
    internal static void Unwatch(int epoll, int descriptor)
    {
        const int delete = 2;
        epoll_ctl(epoll, delete, descriptor, null);
    }

    /// <summary>Waits for events. epoll_wait(2).</summary>
    /// <param name="events">Room for some of <see cref="EpollEvent.NativeSize"/> bytes each. The collector may run meanwhile: memory that it does not move.</param>
    /// <returns>Their number; 0 if the time ran out or a signal came.</returns>
    internal static int Wait(int epoll, Span<byte> events, int milliseconds)
    {
        fixed (byte* start = events)
            return Math.Max(0, epoll_wait(epoll, start, events.Length / EpollEvent.NativeSize, milliseconds));
    }

    /// <summary>A counter that can be watched, for waking the loop from another thread. eventfd(2).</summary>
    internal static int CreateEvent() => eventfd(0, Flags.O_CLOEXEC | Flags.O_NONBLOCK);

    /// <summary>Makes an event readable, for each loop that watches it, until it is read.</summary>
    /// <param name="descriptor">Made by <see cref="CreateEvent"/>.</param>
    internal static void SetEvent(int descriptor)
    {
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        Write(descriptor, one);
    }

    /// <summary>Waits while a number in memory is what it was, until <see cref="WakeOne"/> or the time is over. futex(2), FUTEX_WAIT.</summary>
    /// <param name="number">In memory that does not move.</param>
    /// <param name="value">Its value.</param>
    /// <param name="milliseconds">-1 for ever.</param>
    internal static void WaitWhile(int* number, int value, int milliseconds)
    {
        const nint waitPrivate = 128;
        long* time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000 };
        syscall_waiting(SystemCall.Futex, (nint)number, waitPrivate, value, milliseconds < 0 ? 0 : (nint)time);
    }

    /// <summary>Wakes a thread that waits for a change of a number. futex(2), FUTEX_WAKE.</summary>
    internal static void WakeOne(int* number)
    {
        const nint wakePrivate = 129;
        Kernel.Call(SystemCall.Futex, (nint)number, wakePrivate, 1);
    }

    private static bool Control(int epoll, int operation, int descriptor, uint events, ulong token)
    {
        byte* native = stackalloc byte[16];
        new EpollEvent(events, token).Write(native);
        return epoll_ctl(epoll, operation, descriptor, native) == 0;
    }

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, byte* events, int maximum, int milliseconds);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint syscall_waiting(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int eventfd(uint initial, int flags);
}

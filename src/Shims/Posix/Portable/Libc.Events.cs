namespace Shims.Posix;

// Waiting.
internal static unsafe partial class Libc
{
    private const short PollIn = 1, PollOut = 4, PollHungUp = 16;

    /// <summary>Waits until a descriptor can be read or has ended.</summary>
    /// <param name="milliseconds">The longest time; -1 for ever.</param>
    /// <returns>False if the time ran out.</returns>
    internal static bool WaitReadable(int descriptor, int milliseconds) => PollOne(descriptor, PollIn, milliseconds) != 0;

    /// <summary>Waits until one of several descriptors can be read or has ended.</summary>
    /// <param name="descriptors">A few.</param>
    /// <param name="milliseconds">The longest time; -1 for ever.</param>
    /// <returns>The first of them; -1 if the time ran out.</returns>
    internal static int WaitReadable(ReadOnlySpan<int> descriptors, int milliseconds)
    {
        SystemNative.PollEvent* entries = stackalloc SystemNative.PollEvent[descriptors.Length];
        for (int i = 0; i < descriptors.Length; i++)
            entries[i] = new SystemNative.PollEvent { Descriptor = descriptors[i], Events = PollIn };
        uint triggered = 0;
        if (SystemNative.Poll(entries, (uint)descriptors.Length, milliseconds, &triggered) != 0 || triggered == 0)
            return -1;
        int first = 0;
        while (entries[first].Triggered == 0)
            first++;
        return descriptors[first];
    }

    /// <summary>Waits until a descriptor takes more.</summary>
    /// <returns>False if the time ran out.</returns>
    internal static bool WaitWritable(int descriptor, int milliseconds) => PollOne(descriptor, PollOut, milliseconds) != 0;

    /// <summary>True if no process has the other end of a pipe any more. What it holds can still be read.</summary>
    internal static bool HasHungUp(int pipe) => (PollOne(pipe, 0, 0) & PollHungUp) != 0;

    internal static int CreateEpoll()
    {
        int port = EventPort.Create(out int error);
        return port >= 0 ? port : Fail(error);
    }

    /// <summary>Starts watching a descriptor, edge-triggered: for reading, writing, and the peer's end.</summary>
    /// <returns>False for what cannot be watched.</returns>
    internal static bool Watch(int epoll, int descriptor, Readiness interest, ulong token)
    {
        int error = PortOf(epoll)?.Watch(descriptor, interest, token) ?? Posix.Errno.EBADF;
        return error == 0 || Fail(error) == 0;
    }

    /// <summary>Starts watching a listening socket that others wait for too, level-triggered: all of them are woken.</summary>
    internal static void WatchShared(int epoll, int descriptor, ulong token) => PortOf(epoll)?.WatchListener(descriptor, token);

    /// <summary>Watches for something else. What can be done already is told anew.</summary>
    internal static bool Rewatch(int epoll, int descriptor, Readiness interest, ulong token) => Watch(epoll, descriptor, interest, token);

    /// <summary>Stops watching.</summary>
    internal static void Unwatch(int epoll, int descriptor) => PortOf(epoll)?.Unwatch(descriptor);

    /// <summary>Waits for events.</summary>
    /// <param name="events">Room for some of <see cref="EpollEvent.NativeSize"/> bytes each, in memory that does not move.</param>
    /// <returns>Their number; 0 if the time ran out.</returns>
    internal static int Wait(int epoll, Span<byte> events, int milliseconds) => PortOf(epoll)?.Wait(events, milliseconds) ?? 0;

    /// <summary>What can be watched, for waking the loop from another thread.</summary>
    internal static int CreateEvent()
    {
        if (!CreatePipe(shimReads: true, out int readEnd, out int writeEnd))
            return -1;
        SetNonBlocking(writeEnd, true);
        DescriptorNote.Keep(readEnd, new DescriptorNote { EventEnd = writeEnd });
        return readEnd;
    }

    /// <summary>Makes an event readable, for each loop that watches it, until it is read.</summary>
    /// <param name="descriptor">Made by <see cref="CreateEvent"/>.</param>
    internal static void SetEvent(int descriptor)
    {
        if (DescriptorNote.Of(descriptor) is { EventEnd: >= 0 } note)
            Write(note.EventEnd, [1]);
    }

    private static EventPort? PortOf(int epoll) => DescriptorNote.Of(epoll)?.Port;

    private static short PollOne(int descriptor, short events, int milliseconds)
    {
        var entry = new SystemNative.PollEvent { Descriptor = descriptor, Events = events };
        uint triggered = 0;
        return SystemNative.Poll(&entry, 1, milliseconds, &triggered) == 0 && triggered > 0 ? entry.Triggered : (short)0;
    }
}

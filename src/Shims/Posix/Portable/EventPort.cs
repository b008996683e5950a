namespace Shims.Posix;

/// <summary>What waits for descriptors: the runtime's own way for sockets, by epoll or kqueue, edge-triggered; and poll for listening sockets, level-triggered.</summary>
/// <remarks>
/// The runtime's call waits without a bound. So poll waits first, for the port itself, and a byte in a pipe that the port watches lets the call come back at once, even if what poll has seen is gone.
/// </remarks>
internal sealed unsafe class EventPort : IDisposable
{
    private const int MaxEvents = 64, In = 1, Broken = 8, HungUp = 16, Invalid = 32;
    private const int Read = 1, Write = 2, ReadClose = 4, Close = 8, Error = 16;
    private const nint Waker = -1;

    private readonly int _port;
    private readonly int _wakeRead;
    private readonly int _wakeWrite;
    private readonly SystemNative.PortEvent* _buffer;
    private readonly Dictionary<int, int> _registered = [];
    private readonly List<(int Descriptor, ulong Token)> _listeners = [];

    private EventPort(int port, SystemNative.PortEvent* buffer, int wakeRead, int wakeWrite)
    {
        (_port, _wakeRead, _wakeWrite) = (port, wakeRead, wakeWrite);
        _buffer = buffer;
        SystemNative.TryChangeSocketEventRegistration(port, wakeRead, 0, Read, Waker);
    }

    /// <summary>Makes one.</summary>
    /// <param name="error">The reason if there is none.</param>
    /// <returns>Its descriptor; -1 if there is none.</returns>
    internal static int Create(out int error)
    {
        nint port = -1;
        SystemNative.PortEvent* buffer = null;
        error = SystemNative.CreateSocketEventPort(&port);
        if (error == 0)
            error = SystemNative.CreateSocketEventBuffer(MaxEvents, &buffer);
        if (error != 0)
            return -1;
        if (!Libc.CreatePipe(shimReads: true, out int wakeRead, out int wakeWrite))
        {
            error = Libc.Errno;
            SystemNative.FreeSocketEventBuffer(buffer);
            SystemNative.Close(port);
            return -1;
        }
        Libc.SetNonBlocking(wakeWrite, true);
        DescriptorNote.Keep((int)port, new DescriptorNote { Port = new EventPort((int)port, buffer, wakeRead, wakeWrite) });
        return (int)port;
    }

    /// <summary>Watches a descriptor, new or once more; what can be done already is told.</summary>
    /// <returns>An error; 0 if it is watched.</returns>
    internal int Watch(int descriptor, Readiness interest, ulong token)
    {
        Unwatch(descriptor);
        int wanted = WantedOf(interest);
        int error = SystemNative.TryChangeSocketEventRegistration(_port, descriptor, 0, wanted, (nint)token);
        if (error == 0)
            _registered[descriptor] = wanted;
        return error;
    }

    internal void WatchListener(int descriptor, ulong token)
    {
        Unwatch(descriptor);
        _listeners.Add((descriptor, token));
    }

    internal void Unwatch(int descriptor)
    {
        if (_registered.Remove(descriptor, out int current))
            SystemNative.TryChangeSocketEventRegistration(_port, descriptor, current, 0, 0);
        Forget(descriptor);
    }

    /// <summary>A descriptor is about to be closed, which ends its registration.</summary>
    internal void Forget(int descriptor)
    {
        _registered.Remove(descriptor);
        for (int i = _listeners.Count - 1; i >= 0; i--)
        {
            if (_listeners[i].Descriptor == descriptor)
                _listeners.RemoveAt(i);
        }
    }

    /// <summary>Waits for events.</summary>
    /// <returns>Their number; 0 if the time ran out.</returns>
    internal int Wait(Span<byte> events, int milliseconds)
    {
        SystemNative.PollEvent* entries = stackalloc SystemNative.PollEvent[_listeners.Count + 1];
        entries[0] = new SystemNative.PollEvent { Descriptor = _port, Events = In };
        for (int i = 0; i < _listeners.Count; i++)
            entries[i + 1] = new SystemNative.PollEvent { Descriptor = _listeners[i].Descriptor, Events = In };
        uint triggered = 0;
        if (SystemNative.Poll(entries, (uint)_listeners.Count + 1, milliseconds, &triggered) != 0 || triggered == 0)
            return 0;
        int room = events.Length / EpollEvent.NativeSize, count = 0;
        fixed (byte* into = events)
        {
            for (int i = 0; i < _listeners.Count && count < room - MaxEvents / 2; i++)
            {
                if (entries[i + 1].Triggered != 0)
                    new EpollEvent((uint)Readiness.Read, _listeners[i].Token).Write(into + EpollEvent.NativeSize * count++);
            }
            if (entries[0].Triggered != 0)
                count += Take(into + EpollEvent.NativeSize * count, room - count);
            return count;
        }
    }

    public void Dispose()
    {
        SystemNative.FreeSocketEventBuffer(_buffer);
        Libc.Close(_wakeRead);
        Libc.Close(_wakeWrite);
    }

    private int Take(byte* into, int room)
    {
        Libc.Write(_wakeWrite, [1]);
        int found = Math.Min(room, MaxEvents), count = 0;
        if (SystemNative.WaitForSocketEvents(_port, _buffer, &found) != 0)
            found = 0;
        Libc.Read(_wakeRead, stackalloc byte[16]);
        for (int i = 0; i < found; i++)
        {
            if (_buffer[i].Data == Waker)
                continue;
            ulong token = (ulong)_buffer[i].Data;
            new EpollEvent((uint)ReadinessOf((int)(token & uint.MaxValue), _buffer[i].Events), token).Write(into + EpollEvent.NativeSize * count++);
        }
        return count;
    }

    /// <summary>What the other side's end looks like here is asked of poll, as the runtime does not pass it on.</summary>
    private static Readiness ReadinessOf(int descriptor, int events)
    {
        var readiness = Readiness.None;
        if ((events & Read) != 0)
            readiness |= Readiness.Read;
        if ((events & Write) != 0)
            readiness |= Readiness.Write;
        if ((events & ReadClose) != 0)
            readiness |= Readiness.PeerEnded;
        if ((events & Error) != 0)
            readiness |= Readiness.Error;
        if ((events & Close) != 0)
            readiness |= Readiness.HangUp;
        var entry = new SystemNative.PollEvent { Descriptor = descriptor };
        uint triggered = 0;
        if ((events & (Write | ReadClose | Error)) == 0 || SystemNative.Poll(&entry, 1, 0, &triggered) != 0)
            return readiness;
        if ((entry.Triggered & HungUp) != 0)
            readiness |= Readiness.HangUp;
        return (entry.Triggered & (Broken | Invalid)) != 0 ? readiness | Readiness.Error : readiness;
    }

    /// <summary>kqueue tells of the peer's end with what can be read; epoll by itself. An interest in nothing is one in how it breaks.</summary>
    private static int WantedOf(Readiness interest)
    {
        int wanted = Close | Error;
        if ((interest & Readiness.Read) != 0)
            wanted |= Read;
        if ((interest & Readiness.Write) != 0)
            wanted |= Write;
        if ((interest & Readiness.PeerEnded) != 0)
            wanted |= OperatingSystem.IsLinux() ? ReadClose : ReadClose | Read;
        return wanted;
    }
}

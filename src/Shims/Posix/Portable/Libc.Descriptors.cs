namespace Shims.Posix;

// What is open: reading, writing, and the descriptors themselves.
internal static unsafe partial class Libc
{
    private const int CloseOnExec = 1, LastStandard = 2, UsualDescriptors = 1024, MostCopies = 64;

    /// <summary>Held while the standard descriptors may for a moment be a script's: <see cref="Spawner"/>.</summary>
    internal static Lock Standard { get; } = new();

    internal static void Close(int descriptor)
    {
        if (descriptor < 0)
            return;
        DescriptorNote? note = DescriptorNote.Take(descriptor);
        if (note is { EventEnd: >= 0 })
            SystemNative.Close(note.EventEnd);
        note?.Port?.Dispose();
        SystemNative.Close(descriptor);
    }

    /// <summary>One read, whatever the descriptor is. Never waits on what was opened non-blocking.</summary>
    internal static nint Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            return Checked(SystemNative.Read(descriptor, start, buffer.Length));
    }

    /// <summary>One read that may take its time.</summary>
    internal static nint ReadWaiting(int descriptor, Span<byte> buffer) => Read(descriptor, buffer);

    /// <summary>One write that may take its time.</summary>
    internal static nint WriteWaiting(int descriptor, ReadOnlySpan<byte> bytes) => Write(descriptor, bytes);

    internal static nint Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        if (descriptor > LastStandard)
            return WriteOnce(descriptor, bytes);
        lock (Standard)
            return WriteOnce(descriptor, bytes);
    }

    /// <summary>Reads at an offset, leaving the file's position alone.</summary>
    internal static nint ReadAt(int descriptor, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
            return Checked(SystemNative.PRead(descriptor, start, buffer.Length, offset));
    }

    /// <summary>Writes at an offset, leaving the file's position alone.</summary>
    internal static nint WriteAt(int descriptor, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
            return Checked(SystemNative.PWrite(descriptor, start, bytes.Length, offset));
    }

    internal static int Truncate(int descriptor, long length) => Checked(SystemNative.FTruncate(descriptor, length));

    /// <summary>Makes <paramref name="target"/> name the same open file as <paramref name="source"/>, and inheritable unless it did already.</summary>
    internal static int Duplicate(int source, int target)
    {
        if (source == target)
            return target;
        lock (Standard)
        {
            int result = PutInPlace(source, target);
            if (result >= 0)
                SystemNative.FcntlSetFD(target, 0);
            return result;
        }
    }

    /// <summary>Closes a descriptor and makes its number name another open file; close-on-exec.</summary>
    internal static void Replace(int descriptor, int source) => PutInPlace(source, descriptor);

    /// <summary>A second descriptor for the same open file, numbered 3 or higher and close-on-exec.</summary>
    internal static int DuplicateAboveStandard(int descriptor) => Copy(descriptor, static copy => copy > LastStandard);

    internal static bool IsOpen(int descriptor) => SystemNative.FcntlGetFD(descriptor) >= 0;

    /// <summary>True if the process has a controlling terminal.</summary>
    internal static bool HasTerminal()
    {
        int terminal = Open("/dev/tty\0"u8, Flags.O_RDONLY);
        Close(terminal);
        return terminal >= 0;
    }

    internal static bool IsTerminal(int descriptor) => SystemNative.IsATty(descriptor) == 1;

    internal static void SetCloseOnExec(int descriptor) => SystemNative.FcntlSetFD(descriptor, CloseOnExec);

    /// <summary>Takes or gives up non-blocking, which belongs to the open file and so to everyone who shares it.</summary>
    internal static void SetNonBlocking(int descriptor, bool value) => SystemNative.FcntlSetIsNonBlocking(descriptor, value ? 1 : 0);

    /// <summary>Marks every descriptor from 3 up close-on-exec, as far as there usually are any.</summary>
    internal static void CloseOnExecFromThree()
    {
        for (int descriptor = LastStandard + 1; descriptor < UsualDescriptors; descriptor++)
            SetCloseOnExec(descriptor);
    }

    /// <summary>Locks a byte of a file, which need not be there, if no other process has.</summary>
    /// <returns>False if another process has it, or if it cannot be locked.</returns>
    internal static bool TryLockByte(int descriptor, long number)
    {
        const short exclusive = 1;
        return Checked(SystemNative.LockFileRegion(descriptor, number, 1, exclusive)) == 0;
    }

    /// <summary>Gives the lock on a byte up.</summary>
    internal static void UnlockByte(int descriptor, long number)
    {
        const short none = 2;
        SystemNative.LockFileRegion(descriptor, number, 1, none);
    }

    /// <summary>Locks an open file or directory against other processes that do the same, until it is closed, if none has.</summary>
    internal static bool TryLock(int descriptor)
    {
        const int exclusive = 2, withoutWaiting = 4;
        return Checked(SystemNative.FLock(descriptor, exclusive | withoutWaiting)) == 0;
    }

    /// <summary>The number of descriptors that this process may have open: not known, so what systems give to a process that asks for nothing.</summary>
    internal static int DescriptorLimit => OperatingSystem.IsMacOS() ? 256 : UsualDescriptors;

    /// <summary>Not known.</summary>
    internal static long AddressSpaceLimit => -1;

    /// <summary>Not known.</summary>
    internal static long EarlyDescriptorLimit => -1;

    /// <summary>As dup2(2), by functions that choose the number themselves: the lowest that is free.</summary>
    private static int PutInPlace(int source, int target)
    {
        DescriptorNote.Take(target);
        SystemNative.Close(target);
        int copy = Copy(source, number => number >= target);
        if (copy != target && copy >= 0)
        {
            Close(copy);
            return Fail(Posix.Errno.EBADF);
        }
        if (copy >= 0 && DescriptorNote.Of(source) is { EventEnd: < 0, Port: null } note)
            DescriptorNote.Keep(target, note);
        return copy;
    }

    /// <summary>Copies a descriptor until the number is one that will do, and gives the others back.</summary>
    private static int Copy(int source, Func<int, bool> willDo)
    {
        Span<int> surplus = stackalloc int[MostCopies];
        int count = 0, copy;
        while ((copy = (int)Checked(SystemNative.Dup(source))) >= 0 && !willDo(copy) && count < surplus.Length)
            surplus[count++] = copy;
        foreach (int descriptor in surplus[..count])
            SystemNative.Close(descriptor);
        if (copy >= 0)
            SetCloseOnExec(copy);
        return copy;
    }

    private static nint WriteOnce(int descriptor, ReadOnlySpan<byte> bytes)
    {
        const int fromEnd = 2;
        if (DescriptorNote.Of(descriptor) is { Appends: true })
            SystemNative.LSeek(descriptor, 0, fromEnd);
        fixed (byte* start = bytes)
            return Checked(SystemNative.Write(descriptor, start, bytes.Length));
    }
}

using System.Runtime.CompilerServices;

namespace Shims.Posix;

// Signals that have no effect. This file may run before there is a runtime: see ScgiExec.
internal static unsafe partial class Libc
{
    private const int StatusSize = 2048, SignalDigits = 16;

    /// <summary>The signals that this process ignores, as a script would after it: ignored signals stay ignored across exec. Bit 0 is signal 1.</summary>
    /// <returns>All of them, if the kernel does not say: then each has to be reset.</returns>
    /// <remarks>
    /// proc_pid_status(5), the line <c>SigIgn:</c> and 16 hexadecimal digits. One look takes as long as seven system calls; to ask for each signal, or to
    /// reset each without asking, takes 64. Without /proc, or where a long list of groups comes first, the result is: all.
    /// </remarks>
    [SkipLocalsInit]
    internal static ulong IgnoredSignals()
    {
        Span<byte> status = stackalloc byte[StatusSize];
        int file = Open("/proc/self/status\0"u8, Flags.O_RDONLY);
        if (file < 0)
            return ulong.MaxValue;
        nint count = Read(file, status);
        Close(file);

        ReadOnlySpan<byte> name = "\nSigIgn:\t"u8;
        int start = count > 0 ? status[..(int)count].IndexOf(name) : -1;
        if (start < 0 || start + name.Length + SignalDigits > count)
            return ulong.MaxValue;
        ulong signals = 0;
        foreach (byte digit in status.Slice(start + name.Length, SignalDigits))
        {
            int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
            if ((uint)value > 15)
                return ulong.MaxValue;
            signals = signals << 4 | (uint)value;
        }
        return signals;
    }
}

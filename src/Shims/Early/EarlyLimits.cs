using System.Runtime.CompilerServices;
using Shims.Buffers;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Early;

/// <summary>Says in words what the .NET runtime would say with a signal, or not at all: that a limit or a sandbox leaves it too little. Allocates and throws nothing.</summary>
internal static class EarlyLimits
{
    /// <summary>Megabytes of address space that serving takes. Measured: 75 are enough for a connection, 70 end in SIGSEGV and 40 in exit status 255.</summary>
    private const long NeededMegabytes = 100, Megabyte = 1024 * 1024;

    /// <summary>Open files that serving one connection takes. Measured: with 6 a request is answered, if only by saying that there are too few; with 4 the runtime does not start.</summary>
    private const long NeededDescriptors = 6;

    private const long NoNumber = -1;

    /// <summary>Ends the process with a line in the log if the ordinary program cannot run.</summary>
    /// <param name="program">Begins the line.</param>
    internal static void Require(ReadOnlySpan<byte> program)
    {
        RequireRoom(program);
        RequireThreads(program);
    }

    /// <summary>Ends the process with a line in the log if it may have too little memory or too few open files.</summary>
    internal static void RequireRoom(ReadOnlySpan<byte> program)
    {
        long space = Libc.AddressSpaceLimit, descriptors = Libc.EarlyDescriptorLimit;
        if (space is >= 0 and < NeededMegabytes * Megabyte)
            End(program, "the limit on address space is "u8, space / Megabyte, " MB, which is too little for this program: raise it to 100 MB or more (ulimit -v, systemd LimitAS=), or limit scripts alone with --memory\n"u8);
        if (descriptors is >= 0 and < NeededDescriptors)
            End(program, "the limit on open files is "u8, descriptors, ", which is too little for this program: raise it (ulimit -n, systemd LimitNOFILE=)\n"u8);
    }

    /// <summary>Ends the process with a line in the log if it may not start threads, without which the runtime ends at once and says nothing.</summary>
    internal static void RequireThreads(ReadOnlySpan<byte> program)
    {
        if (Libc.RefusesThreads())
            End(program, "the system refuses to start threads, by clone3 (EPERM, operation not permitted): allow clone3 in the filter of system calls that confines this program (seccomp), or update what sets it: Docker before 20.10.10 does"u8, NoNumber, "\n"u8);
    }

    [SkipLocalsInit]
    private static void End(ReadOnlySpan<byte> program, ReadOnlySpan<byte> what, long limit, ReadOnlySpan<byte> cure)
    {
        Span<byte> line = stackalloc byte[384];
        int length = 0;
        if (StandardError.IsSyslog)
            Add("<27>"u8, line, ref length);
        Add(program, line, ref length);
        Add(": "u8, line, ref length);
        Add(what, line, ref length);
        if (limit != NoNumber)
            Add(DecimalDigits.Format(limit, stackalloc byte[20]), line, ref length);
        Add(cure, line, ref length);
        Libc.Write(2, line[..length]);
        Libc.EndProcess((int)ExitCode.SystemError);
    }

    private static void Add(scoped ReadOnlySpan<byte> text, scoped Span<byte> line, ref int length)
    {
        text.CopyInto(line[length..]);
        length += text.Length;
    }
}

using System.Runtime.CompilerServices;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>Says in words what the .NET runtime would say with a signal: that the limit on address space leaves it too little. Allocates and throws nothing.</summary>
internal static class EarlyAddressSpace
{
    /// <summary>Megabytes that serving takes. Measured: 75 are enough for a connection, 70 end in SIGSEGV and 40 in exit status 255.</summary>
    private const long Needed = 100, Megabyte = 1024 * 1024;

    /// <summary>Ends the process with a line in the log if the ordinary program cannot run.</summary>
    /// <param name="program">Begins the line.</param>
    [SkipLocalsInit]
    internal static void Require(ReadOnlySpan<byte> program)
    {
        long limit = Libc.AddressSpaceLimit;
        if (limit < 0 || limit >= Needed * Megabyte)
            return;
        Span<byte> line = stackalloc byte[256];
        int length = 0;
        if (StandardError.IsSyslog)
            Add("<27>"u8, line, ref length);
        Add(program, line, ref length);
        Add(": the limit on address space is "u8, line, ref length);
        Add(DecimalDigits.Format(limit / Megabyte, stackalloc byte[20]), line, ref length);
        Add(" MB, which is too little for this program: raise it to 100 MB or more (ulimit -v, systemd LimitAS=), or limit scripts alone with --memory\n"u8, line, ref length);
        Libc.Write(2, line[..length]);
        Libc.EndProcess((int)ExitCode.SystemError);
    }

    private static void Add(scoped ReadOnlySpan<byte> text, scoped Span<byte> line, ref int length)
    {
        text.CopyInto(line[length..]);
        length += text.Length;
    }
}

using System.Runtime.CompilerServices;
using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>Looks at a script's first line for the faults that the kernel does not see, because what it starts is a working <c>env</c>. Allocates and throws nothing.</summary>
/// <remarks>
/// Asked before a script replaces the shim, which costs three system calls and saves the question why a page is empty; elsewhere only after a script has ended
/// with <see cref="NotFound"/>.
/// </remarks>
internal static unsafe class FirstLine
{
    /// <summary>The length of the first line that the kernel reads. execve(2): 255 bytes since Linux 5.1.</summary>
    private const int MaxLength = 255;

    /// <summary>The exit status by which env and shells say that they have not found the program. env(1).</summary>
    internal const int NotFound = 127;

    /// <summary>True if the line promises to work: it does not end in CR, and what it asks <c>env</c> for is on PATH.</summary>
    /// <param name="script">The script, NUL-terminated.</param>
    /// <param name="environment">The script's environment; its PATH is where env looks.</param>
    /// <returns>True also for what cannot be read, and for programs without such a line.</returns>
    [SkipLocalsInit]
    internal static bool IsSound(byte* script, byte** environment)
    {
        Span<byte> start = stackalloc byte[MaxLength];
        ReadOnlySpan<byte> line = Read(script, start);
        if (line.EndsWith("\r"u8))
            return false;
        ReadOnlySpan<byte> program = EnvArgument(line);
        return program.IsEmpty || IsOnPath(program, PathOf(environment));
    }

    /// <summary>Reads the text after <c>#!</c>.</summary>
    /// <param name="script">The script, NUL-terminated.</param>
    /// <param name="buffer">The destination.</param>
    /// <returns>Without the line feed; empty if the file has no such line or cannot be read.</returns>
    internal static ReadOnlySpan<byte> Read(byte* script, Span<byte> buffer)
    {
        int file = Libc.Open(script, Flags.O_RDONLY | Flags.O_NONBLOCK);
        if (file < 0)
            return default;
        nint count = Libc.Read(file, buffer);
        Libc.Close(file);
        if (count < 2 || !buffer.StartsWith("#!"u8))
            return default;
        ReadOnlySpan<byte> line = buffer[2..(int)count];
        int end = line.IndexOf((byte)'\n');
        return end < 0 ? line : line[..end];
    }

    /// <summary>The NAME of <c>#!/usr/bin/env NAME</c>; empty for any other line, and for options and settings of env.</summary>
    internal static ReadOnlySpan<byte> EnvArgument(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t"u8);
        int space = line.IndexOfAny((byte)' ', (byte)'\t');
        if (space < 0 || !line[..space].EndsWith("/env"u8))
            return default;
        ReadOnlySpan<byte> argument = line[space..].Trim(" \t"u8);
        bool isPlainName = argument.IndexOfAny("=/ \t"u8) < 0 && !argument.StartsWith("-"u8);
        return isPlainName ? argument : default;
    }

    [SkipLocalsInit]
    private static bool IsOnPath(ReadOnlySpan<byte> program, ReadOnlySpan<byte> path)
    {
        byte* file = stackalloc byte[Flags.PATH_MAX];
        while (!path.IsEmpty)
        {
            int end = path.IndexOf((byte)':');
            ReadOnlySpan<byte> directory = end < 0 ? path : path[..end];
            path = end < 0 ? default : path[(end + 1)..];
            if (directory.Length + program.Length + 2 > Flags.PATH_MAX)
                continue;
            var name = new Span<byte>(file, Flags.PATH_MAX);
            directory.CopyInto(name);
            name[directory.Length] = (byte)'/';
            program.CopyInto(name[(directory.Length + 1)..]);
            name[directory.Length + 1 + program.Length] = 0;
            if (Libc.MayAccess(file, Flags.X_OK))
                return true;
        }
        return false;
    }

    private static ReadOnlySpan<byte> PathOf(byte** environment)
    {
        for (; *environment != null; environment++)
        {
            var setting = new ReadOnlySpan<byte>(*environment, Libc.LengthOf(*environment));
            if (setting.StartsWith("PATH="u8))
                return setting["PATH=".Length..];
        }
        return default;
    }
}

using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Early;

/// <summary>The command line, read before the runtime starts. Allocates and throws nothing.</summary>
internal static unsafe class EarlyCommandLine
{
    /// <summary>Sees to it that not even the runtime's own messages can reach the client, unless <c>--stderr</c> says where they are to go.</summary>
    internal static void SecureStandardError(ReadOnlySpan<byte> program, int argumentCount, byte** arguments)
    {
        for (int i = 1; i < argumentCount && arguments[i][0] == (byte)'-'; i++)
        {
            if (new ReadOnlySpan<byte>(arguments[i], Libc.LengthOf(arguments[i])).StartsWith("--stderr"u8))
                return;
        }
        StandardError.Secure(program);
    }

    /// <summary>True if this is the plain <c>TARGET [ARG...]</c>, on a connection.</summary>
    /// <returns>
    /// False for the ordinary path: a relative TARGET, options, an interpreter, whose program would come with the request, and the tests'
    /// wish to see the ordinary path.
    /// </returns>
    internal static bool IsPlain(int argumentCount, byte** arguments) =>
        argumentCount >= 2 && arguments[1][0] == (byte)'/' && !IsRoot(arguments[1]) && !IsInterpreter(arguments[1]) && !Switches.IsOrdinary
        && Libc.SocketOption(0, Flags.SO_ACCEPTCONN) == 0;

    // A folder of that name ends with a slash.
    private static bool IsInterpreter(byte* path) => InterpreterNames.Contains(new ReadOnlySpan<byte>(path, Libc.LengthOf(path)));

    private static bool IsRoot(byte* path)
    {
        while (*path == (byte)'/')
            path++;
        return *path == 0;
    }

    /// <summary>TARGET, with its ARGs. It is returned, since a copy by reference needs the runtime.</summary>
    internal static ScriptTarget TargetOf(int argumentCount, byte** arguments)
    {
        byte* path = arguments[1];
        int length = Libc.LengthOf(path);
        bool isDirectory = length > 1 && path[length - 1] == (byte)'/';
        while (isDirectory && length > 1 && path[length - 1] == (byte)'/')
            length--;
        return new ScriptTarget(path, length, isDirectory, arguments + 2, argumentCount - 2);
    }
}
